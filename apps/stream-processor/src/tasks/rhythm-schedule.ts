import {
  AppError,
  backoffDelay,
  type Clock,
  Counter,
  Gauge,
  type Logger,
  type Registry as MetricsRegistry,
} from '@trending/runtime';
import type { RhythmReport } from './rhythms.ts';
import type { Delay } from './sink-ports.ts';
import { waitOrAbort } from './wait-or-abort.ts';

export interface RhythmScheduleSettings {
  /** One member does it for all; one that does it beside another does no harm. */
  readonly isOwner: () => boolean;
  readonly refresh: (signal: AbortSignal) => Promise<RhythmReport>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly crash: (error: unknown) => void;
  readonly delay?: Delay;
}

/** An hour of the week changes by one hour in 672: no need to look more often. */
export const refreshEveryMs = 6 * 3_600_000;
/** How soon a new owner begins, ms. */
export const ownerLookMs = 5_000;
const afterFailure = { initialMs: 30_000, maxMs: 600_000 };

/** Keeps the weeks of the metadata topic fresh, at start and every six hours; failures of ClickHouse, the log or the registry only delay it. */
export class RhythmSchedule {
  readonly #settings: RhythmScheduleSettings;
  readonly #tokens: Gauge;
  readonly #lastRun: Gauge;
  readonly #failures: Counter;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #dueAt = 0;
  #failed = 0;

  constructor(settings: RhythmScheduleSettings) {
    this.#settings = settings;
    const registers = [settings.metrics];
    this.#tokens = new Gauge({
      name: 'trending_week_rhythm_tokens',
      help: 'Tokens with a week of their own, as of the last run of this process',
      registers,
    });
    this.#lastRun = new Gauge({
      name: 'trending_week_rhythm_last_run_timestamp_seconds',
      help: 'When this process last read the weeks of all tokens; 0 = not yet, or another one does it',
      registers,
    });
    this.#failures = new Counter({
      name: 'trending_week_rhythm_failures_total',
      help: 'Runs that ClickHouse, the log or the registry broke off; they are repeated',
      registers,
    });
  }

  start(): void {
    this.#running ??= this.#run().catch(this.#settings.crash);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { isOwner, clock, delay = waitOrAbort } = this.#settings;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (isOwner() && clock.now() >= this.#dueAt) await this.#refresh(signal);
      await delay(ownerLookMs, signal);
    }
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    const { refresh, clock, logger } = this.#settings;
    try {
      const report = await refresh(signal);
      this.#failed = 0;
      this.#dueAt = clock.now() + refreshEveryMs;
      this.#tokens.set(report.tokens);
      this.#lastRun.set(clock.now() / 1_000);
      logger.info({ ...report }, 'weeks of tokens read');
    } catch (error) {
      if (signal.aborted) return;
      // Also what would meet the same again, a topic that must not be written for example: views must not wait for their weeks.
      if (!(error instanceof AppError)) throw error;
      this.#dueAt = clock.now() + backoffDelay(afterFailure, this.#failed, 0.5);
      this.#failed += 1;
      this.#failures.inc();
      logger.warn({ err: error }, 'weeks of tokens cannot be read yet');
    }
  }
}
