import type { Clock, Logger } from '@trending/runtime';
import type { AggregateTask } from './aggregate-task.ts';

const everyMs = 3_000;

/** Log lines on the way to catching up: share done, rate, and about how long it will take. */
export class RebuildProgress {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #beganAt: number | undefined;
  #saidAt = 0;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Call now and then with all tasks. */
  observe(tasks: Iterable<AggregateTask>): void {
    const all = [...tasks];
    const now = this.#clock.now();
    if (all.every(({ isCaughtUp }) => isCaughtUp)) {
      this.#finish(all, now);
      return;
    }
    this.#beganAt ??= now;
    if (now - this.#saidAt < everyMs) return;
    this.#saidAt = now;
    const { done, total } = sumOf(all);
    const seconds = (now - this.#beganAt) / 1_000;
    const perSecond = seconds > 0 ? Math.round(done / seconds) : 0;
    const secondsLeft = perSecond > 0 ? Math.ceil((total - done) / perSecond) : undefined;
    const percent = Math.floor((100 * done) / Math.max(1, total));
    this.#logger.info({ percent, done, total, perSecond, secondsLeft }, 'rebuilding the counts');
  }

  #finish(all: readonly AggregateTask[], now: number): void {
    if (this.#beganAt === undefined) return;
    const { total } = sumOf(all);
    const seconds = (now - this.#beganAt) / 1_000;
    this.#logger.info({ partitions: all.length, records: total, seconds }, 'counts are caught up');
    this.#beganAt = undefined;
  }
}

function sumOf(tasks: readonly AggregateTask[]): { done: number; total: number } {
  const parts = tasks.map((task) => task.progress());
  return {
    done: parts.reduce((sum, { done }) => sum + done, 0),
    total: parts.reduce((sum, { total }) => sum + total, 0),
  };
}
