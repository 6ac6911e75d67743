/** What is wrong with the command line, for the person who typed it. */
export class UsageError extends Error {}

/** @throws UsageError naming the option. */
export function countOf(name: string, text: string, { min, max }: { min: number; max: number }) {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min && value <= max)
    return value;
  throw new UsageError(`--${name} ${text}: give a whole number from ${min} to ${max}`);
}

export interface Outcome {
  readonly text: string;
  readonly ok: boolean;
  /** Instead of 0 or 1. */
  readonly exitCode?: number;
}

/** Runs a command: its text to standard output, its exit code; errors as one line. */
export async function runCommand(name: string, run: () => Promise<Outcome>): Promise<void> {
  try {
    const { text, ok, exitCode } = await run();
    process.stdout.write(text);
    process.exitCode = exitCode ?? (ok ? 0 : 1);
  } catch (error) {
    const isUsage = error instanceof UsageError || isParseError(error);
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(isUsage ? `${message}\nSee: npm run ${name} -- --help\n` : `${message}\n`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

function isParseError(error: unknown): boolean {
  return (
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  );
}
