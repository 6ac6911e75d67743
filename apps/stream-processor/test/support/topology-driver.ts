import {
  type ConsumedRecord,
  deadLetterRecord,
  type ProducedRecord,
  partitionOf,
} from '@trending/kafka';
import { inMemorySerde } from '@trending/kafka/testing';
import {
  type Board,
  type CandidateSet,
  type TokenView,
  topics,
  type ViewerJourneys,
  type WindowName,
  windowNames,
} from '@trending/schemas';
import type { ControlRecord } from '../../src/domain/control-word.ts';
import type { FoldedView } from '../../src/domain/folded-view.ts';
import { dayOf } from '../../src/domain/journey.ts';
import { RankState } from '../../src/domain/rank-state.ts';
import { AggregateState } from '../../src/state/aggregate-state.ts';
import { CategoryTable } from '../../src/state/category-table.ts';
import { JourneyMemory } from '../../src/state/journey-memory.ts';
import type { ViewCountStore } from '../../src/state/view-count-store.ts';
import { AggregateTask } from '../../src/tasks/aggregate-task.ts';
import { createControlTable, rankFormulas } from '../../src/tasks/rank-formulas.ts';
import { type ViewSpec, viewOf } from './views.ts';

export interface DriverSettings {
  readonly partitions?: number;
  /** Wall clock at the beginning, ms. */
  readonly startsAt?: number;
}

interface Outputs {
  readonly candidates: CandidateSet[];
  readonly boards: Board[];
  readonly deadLetters: ProducedRecord[];
}

const views = inMemorySerde<TokenView>(topics.views);
const folded = inMemorySerde<FoldedView>(topics.views);
const rest = { partnerId: null, device: null, dwellMs: null };

/** The topology without a broker: synchronous, on records and a wall clock that tests own. Runs what `main` runs, minus the I/O. */
export class TopologyDriver {
  readonly categories = new CategoryTable();
  readonly control = createControlTable();
  readonly #log: ConsumedRecord[][];
  readonly #outputs: Outputs = { candidates: [], boards: [], deadLetters: [] };
  /** The journeys topic, and the role that writes it. */
  readonly #journeys: ViewerJourneys[] = [];
  readonly #viewers = new JourneyMemory();
  #tasks: AggregateTask[] = [];
  #rank: RankState;
  #epoch = 0;
  #seq = 0;
  #now: number;

  constructor({ partitions = 2, startsAt = 1_700_000_000_000 }: DriverSettings = {}) {
    this.#now = startsAt;
    this.#log = Array.from({ length: partitions }, () => []);
    const settings = { formulas: rankFormulas, partitions, startedAt: startsAt, epoch: 1 };
    this.#rank = new RankState({ ...settings, rules: this.control });
    this.restart();
  }

  get now(): number {
    return this.#now;
  }

  /** What stands in a partition of the views topic. */
  logOf(partition: number): readonly ConsumedRecord[] {
    return this.#log[partition] ?? [];
  }

  /** What stands in the journeys topic. */
  get journeys(): readonly ViewerJourneys[] {
    return this.#journeys;
  }

  /** Appends a view of the token to its partition and lets the topology handle it. */
  pipe(token: string, spec: Partial<ViewSpec> & { readonly timestamp?: number } = {}): void {
    const { timestamp = this.#now, at = this.#now, ...others } = spec;
    const view = viewOf({ receivedAt: timestamp, ...others, token, at });
    this.pipeRecord({ key: token, value: views.encode({ ...view, ...rest }), timestamp });
  }

  /** Appends any record, as another producer could. */
  pipeRecord({ key, value, timestamp = this.#now }: ProducedRecord): void {
    const partition = key === null ? 0 : partitionOf(key, this.#log.length);
    const log = this.#log[partition] ?? [];
    log.push({
      topic: topics.views.name,
      partition,
      offset: log.length,
      timestamp,
      key: key === null ? null : Buffer.from(key),
      value,
      headers: {},
    });
    this.#catchUp();
  }

  /** Appends a record to the control topic, which the ranker has read at once. What is wrong with it, if anything. */
  say(record: Omit<ControlRecord, 'offset'>): string | undefined {
    return this.control.apply({ ...record, offset: this.control.offset });
  }

  /** Lets time pass; whatever is due on the way happens at its time. */
  advanceWallClock(ms: number): void {
    const target = this.#now + ms;
    for (;;) {
      const dueAt = Math.min(...this.#tasks.map((task) => task.nextDueAt()));
      if (dueAt > target) break;
      this.#now = Math.max(this.#now, dueAt);
      this.#punctuate();
    }
    this.#now = target;
  }

  read<T extends keyof Outputs>(topic: T): Outputs[T] {
    return this.#outputs[topic];
  }

  /** The counts of the token's partition. */
  store(token: string): ViewCountStore {
    return this.task(token).state.store;
  }

  task(token: string): AggregateTask {
    return this.#tasks[partitionOf(token, this.#log.length)] as AggregateTask;
  }

  /** The aggregate process dies: its memory is gone, the log stays. */
  crash(): void {
    this.#tasks = [];
  }

  /** A new process takes all partitions and rebuilds them from the log. */
  restart(): void {
    this.#epoch += 1;
    this.#tasks = this.#log.map(
      (log, partition) =>
        new AggregateTask({
          partition,
          state: new AggregateState({
            from: 0,
            asOf: this.#now,
            known: this.categories,
          }),
          catchUpTo: log.length,
          epoch: this.#epoch,
          categories: this.categories,
        }),
    );
    for (const task of this.#tasks) task.informed();
    this.#catchUp();
  }

  #catchUp(): void {
    for (const task of this.#tasks)
      for (const record of (this.#log[task.partition] ?? []).slice(task.position))
        this.#fold(task, record);
    this.#follow();
    this.#punctuate();
  }

  /** Viewers are told of, and what follows from it comes back. */
  #follow(): void {
    const today = dayOf(this.#now);
    for (const { partition, sightings } of this.#tasks)
      for (const told of sightings.take(1).values())
        this.#journeys.push(...this.#viewers.take({ partition, ...told }, today));
    const end = this.#journeys.length;
    for (const { partition, state } of this.#tasks) {
      const fresh = this.#journeys
        .slice(state.journeyOffset)
        .filter((one) => one.partition === partition);
      state.applyJourneys(
        end,
        fresh.flatMap(({ groups }) => groups),
      );
    }
  }

  #fold(task: AggregateTask, record: ConsumedRecord): void {
    const decoded = record.value === null ? undefined : folded.decode(record.value);
    const deadLetter = task.fold(record, decoded ?? { ok: false, reason: 'avro', detail: 'null' });
    if (deadLetter === undefined) return;
    const { reason, detail } = deadLetter;
    this.#outputs.deadLetters.push(deadLetterRecord(record, { stage: 'validate', reason, detail }));
  }

  #punctuate(): void {
    const touched = new Set<string>();
    for (const task of this.#tasks) {
      for (const set of task.punctuate(this.#now, () => ({ lagMs: 0, costMs: 0 }))) {
        this.#outputs.candidates.push(set);
        if (this.#rank.accept(set, this.#now)) touched.add(set.window);
      }
    }
    for (const window of windowNames) if (touched.has(window)) this.#rankWindow(window);
    for (const window of windowNames) if (this.#rank.isOutdated(window)) this.#rankWindow(window);
  }

  #rankWindow(window: WindowName): void {
    if (this.#rank.mergeableAt(window) > this.#now) return;
    for (const { key, ranking } of this.#rank.changes({ window, all: true, scopes: true })) {
      this.#seq += 1;
      const board =
        ranking === null ? null : { ...ranking, epoch: 1, seq: this.#seq, scoredAt: this.#now };
      this.#rank.hold(key, board);
      if (board !== null) this.#outputs.boards.push(board);
    }
  }
}
