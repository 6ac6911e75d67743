import type { Clock, Logger } from '@trending/runtime';

const everyMs = 3_000;

/** A partition that is being rebuilt, in records. */
interface Rebuilding {
  readonly isCaughtUp: boolean;
  progress(): { readonly done: number; readonly total: number };
}

/** Log lines on the way to catching up: share done, rate, and about how long it will take. */
export class RebuildProgress {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #what: string;
  #beganAt: number | undefined;
  #saidAt = 0;

  /** `what` is rebuilt, as the lines name it. */
  constructor(clock: Clock, logger: Logger, what = 'counts') {
    this.#clock = clock;
    this.#logger = logger;
    this.#what = what;
  }

  /** Call now and then with all tasks. */
  observe(tasks: Iterable<Rebuilding>): void {
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
    this.#logger.info(
      { percent, done, total, perSecond, secondsLeft },
      `rebuilding the ${this.#what}`,
    );
  }

  #finish(all: readonly Rebuilding[], now: number): void {
    if (this.#beganAt === undefined) return;
    const { total } = sumOf(all);
    const seconds = (now - this.#beganAt) / 1_000;
    this.#logger.info(
      { partitions: all.length, records: total, seconds },
      `${this.#what} are caught up`,
    );
    this.#beganAt = undefined;
  }
}

function sumOf(tasks: readonly Rebuilding[]): { done: number; total: number } {
  const parts = tasks.map((task) => task.progress());
  return {
    done: parts.reduce((sum, { done }) => sum + done, 0),
    total: parts.reduce((sum, { total }) => sum + total, 0),
  };
}
