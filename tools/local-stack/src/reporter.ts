/** Where progress goes: a terminal, or nowhere in tests. */
export interface Reporter {
  line(text: string): void;
  /** Says what takes long, again now and then, until the returned function is called with the outcome. */
  longTask(text: string): (succeeded: boolean) => void;
}

const repeatMs = 10_000;

/** Progress as lines of text; with `--json` on standard error, so that standard output is one JSON line. */
export function createReporter(stream: NodeJS.WritableStream): Reporter {
  const line = (text: string) => void stream.write(`${text}\n`);
  return {
    line,
    longTask(text) {
      const start = performance.now();
      const elapsed = () => `${((performance.now() - start) / 1000).toFixed(1)}s`;
      line(`  … ${text}`);
      const timer = setInterval(() => line(`  … ${text} ${elapsed()}`), repeatMs);
      return (succeeded) => {
        clearInterval(timer);
        line(`  ${succeeded ? '✓' : '✗'} ${text} ${elapsed()}`);
      };
    },
  };
}
