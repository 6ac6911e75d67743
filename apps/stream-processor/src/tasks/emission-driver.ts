import type { ProducedRecord } from '@trending/kafka';
import type { CandidateSet, WindowName } from '@trending/schemas';
import { type WindowLevel, windowLevels } from '../domain/window-level.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import type { AggregateTask } from './aggregate-task.ts';
import { RankTimer } from './rank-timer.ts';
import { withRetries } from './retry.ts';

/** Longest wait between two looks at what is due, ms: the wall clock may be set. */
const lookMsMax = 1_000;
/** Uncompressed bytes of one append: below the broker's limit of the candidates topic. */
const appendBytesMax = 4_000_000;

/**
 * Publishes the candidate sets of all partitions when they are due: a window at a time, the shortest first, so that its sets never wait
 * for those of the longer ones; one append for all sets of a window, of partitions that keep in step.
 */
export class EmissionDriver {
  readonly #ports: AggregatePorts;
  readonly #tasks: () => Iterable<AggregateTask>;
  readonly #failed: (error: unknown) => void;
  readonly #timer = new RankTimer(() => this.poke());
  /** What the last sets of each window took to make, ms. */
  readonly #costMs = new Map<WindowName, number>();
  #working: Promise<void> | undefined;
  #workingSince = 0;
  #isRunning = false;

  constructor(
    ports: AggregatePorts,
    tasks: () => Iterable<AggregateTask>,
    failed: (error: unknown) => void,
  ) {
    this.#ports = ports;
    this.#tasks = tasks;
    this.#failed = failed;
  }

  start(): void {
    this.#isRunning = true;
    this.poke();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#timer.clear();
    await this.#working;
  }

  /** How long the emission under way has been waiting for its acknowledgement, ms. */
  waitingMs(): number {
    return this.#working === undefined ? 0 : this.#ports.clock.now() - this.#workingSince;
  }

  /** Something may be due: look now. Safe to call at any time. */
  poke(): void {
    if (!this.#isRunning || this.#working !== undefined) return;
    const now = this.#ports.clock.now();
    const dueAt = Math.min(...[...this.#tasks()].map((task) => task.nextDueAt()));
    if (dueAt > now) {
      this.#timer.set(Math.min(lookMsMax, dueAt - now));
      return;
    }
    this.#working = this.#publishDue()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#working = undefined;
        this.poke();
      });
  }

  async #publishDue(): Promise<void> {
    for (const level of windowLevels) {
      const sets = this.#dueSets(level);
      if (sets.length > 0) await this.#publish(sets);
    }
  }

  #dueSets(level: WindowLevel): CandidateSet[] {
    const began = this.#ports.clock.now();
    this.#workingSince = began;
    const load = () => ({ lagMs: this.#timer.lagMs, costMs: this.#costMs.get(level.name) ?? 0 });
    const tasks = [...this.#tasks()];
    if (!tasks.some((task) => task.isDue(level, began))) return [];
    const sets = tasks.flatMap((task) => task.punctuate(began, load, level));
    this.#costMs.set(level.name, this.#ports.clock.now() - began);
    return sets;
  }

  async #publish(sets: readonly CandidateSet[]): Promise<void> {
    const { log, logger, metrics, candidates, candidatesTarget } = this.#ports;
    const stopTimer = metrics.emissionSeconds.startTimer();
    const records = sets.map((set) => ({
      key: `${set.window}|${set.partition}`,
      value: candidates.encode(set),
    }));
    for (const chunk of chunksOf(records)) {
      await withRetries(
        () => log.append(candidatesTarget, chunk),
        (error) => logger.warn({ err: error }, 'candidate sets could not be appended yet'),
      );
    }
    for (const { window } of sets) metrics.emitted.inc({ window });
    stopTimer();
  }
}

function* chunksOf(
  records: readonly (ProducedRecord & { value: Uint8Array })[],
): Iterable<ProducedRecord[]> {
  let chunk: ProducedRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    if (chunk.length > 0 && bytes + record.value.byteLength > appendBytesMax) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(record);
    bytes += record.value.byteLength;
  }
  if (chunk.length > 0) yield chunk;
}
