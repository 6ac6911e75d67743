import { setInterval } from 'node:timers/promises';
import { until } from '@trending/runtime/testing';

export interface Answered {
  /** When the request was begun, and when its answer had come, ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly status: number;
}

/** Somebody who asks the same again and again, and remembers every answer. */
export interface Caller {
  readonly answers: readonly Answered[];
  /** Requests that got no answer at all. */
  readonly lost: readonly unknown[];
  /** Resolves after so many more answers. */
  hears(more: number): Promise<void>;
  /** Ends it, after the answer that is under way. */
  stop(): Promise<void>;
}

const everyMs = 20;
/** A connection that is slower than that is as good as none. */
const timeoutMs = 30_000;

/** Asks every 20 ms, or as soon as the answer before is there. `ask` resolves to a status. */
export function startCaller(ask: (signal: AbortSignal) => Promise<number>): Caller {
  const answers: Answered[] = [];
  const lost: unknown[] = [];
  const over = new AbortController();
  const running = (async () => {
    for await (const _ of setInterval(everyMs)) {
      if (over.signal.aborted) return;
      const from = Date.now();
      try {
        const status = await ask(AbortSignal.timeout(timeoutMs));
        answers.push({ from, to: Date.now(), status });
      } catch (error) {
        lost.push(error);
      }
    }
  })();
  return {
    answers,
    lost,
    async hears(more) {
      const wanted = answers.length + more;
      await until({ timeoutMs, what: `${more} more answers` }, () =>
        answers.length >= wanted ? true : undefined,
      );
    },
    async stop() {
      over.abort();
      await running;
    },
  };
}
