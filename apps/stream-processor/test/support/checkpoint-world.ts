import { topicSpecs } from '@trending/kafka';
import { createInMemoryLog, type InMemoryLog, inMemorySerde } from '@trending/kafka/testing';
import { createLogger, Registry } from '@trending/runtime';
import { ManualClock } from '@trending/runtime/testing';
import {
  type CandidateSet,
  type TokenMetadata,
  type TokenView,
  topics,
  type ViewDelta,
  type ViewerJourneys,
  type ViewerSightings,
} from '@trending/schemas';
import type { FoldedView } from '../../src/domain/folded-view.ts';
import { CategoryTable } from '../../src/state/category-table.ts';
import { createAggregateMetrics } from '../../src/tasks/aggregate-metrics.ts';
import type { AggregatePorts } from '../../src/tasks/aggregate-ports.ts';
import type { AggregateTask } from '../../src/tasks/aggregate-task.ts';
import { Checkpoints } from '../../src/tasks/checkpoints.ts';
import { SightingsLog } from '../../src/tasks/sightings-log.ts';
import { entriesOf, fold, start } from './log-fixtures.ts';

export const deltas = inMemorySerde<ViewDelta>(topics.viewDeltas);
const views = inMemorySerde<TokenView>(topics.views);
const rest = { partnerId: null, device: null, dwellMs: null };
type Entries = ReturnType<typeof entriesOf>;

/** One partition of views that is all there from the beginning, and owners of it, one after the other or at once. */
export class CheckpointWorld {
  readonly clock = new ManualClock(start);
  readonly entries: Entries;
  readonly log: InMemoryLog;
  /** Where the first owner of all began. */
  countedFrom: number | undefined;

  constructor(log: Parameters<typeof entriesOf>[0]) {
    this.entries = entriesOf(log);
    const specs = topicSpecs({ prefix: '', viewPartitions: 1 });
    this.log = createInMemoryLog({ topics: specs, clock: this.clock });
  }

  async publish(): Promise<void> {
    const target = { topic: topics.views.name, partition: 0 };
    for (const { view, record } of this.entries) {
      if (record.isMarker) {
        this.log.endTransaction(target);
        continue;
      }
      const value = views.encode({ ...view, ...rest });
      await this.log.append(target, [{ key: view.token, value, timestamp: record.timestamp }]);
    }
    // Recovery begins at the first record, whatever its age.
    this.clock.advance((this.entries.at(-1)?.record.timestamp ?? start) - this.clock.now());
  }

  /** `fenceCandidates`: above which number the epochs lie, should it be the first of all. */
  owner(fenceCandidates: () => Promise<number> = async () => 1_000): Owner {
    return new Owner(this, fenceCandidates);
  }
}

export class Owner {
  readonly failures: unknown[] = [];
  readonly #world: CheckpointWorld;
  readonly #checkpoints: Checkpoints;
  #task: AggregateTask | undefined;

  constructor(world: CheckpointWorld, fenceCandidates: () => Promise<number>) {
    this.#world = world;
    const ports = portsOf(world);
    this.#checkpoints = new Checkpoints({
      ports,
      sightings: new SightingsLog(ports),
      categories: new CategoryTable(),
      failed: (error) => this.failures.push(error),
      fenceCandidates,
    });
  }

  get task(): AggregateTask {
    if (this.#task === undefined) throw new Error('owns nothing');
    return this.#task;
  }

  /** Keeps the task that it has when the takeover is not wanted any more. */
  async takeOver(kept = false, isWanted = () => true): Promise<this> {
    const before = kept ? this.#task : undefined;
    const ready = (task: AggregateTask) => {
      this.#task = isWanted() ? task : this.#task;
    };
    await this.#checkpoints.takeOver([0], { kept: () => before, isWanted, ready });
    this.#world.countedFrom ??= this.#task?.position;
    return this;
  }

  fold(count: number): void {
    const { entries } = this.#world;
    const from = this.task.position;
    fold(this.task.state, entries.slice(from, from + count));
  }

  between(isBatchEnd: boolean): Promise<void> {
    return this.#checkpoints.between(this.task, isBatchEnd);
  }

  flush(): Promise<void> {
    return this.#checkpoints.flush([this.task]);
  }

  /** Writes what is due by now. */
  async tick(): Promise<void> {
    await this.#checkpoints.tick([this.task]);
  }

  /** Lets a base become due, and writes it. */
  async base(): Promise<void> {
    this.#world.clock.advance(10 * 60_000);
    await this.flush();
    await this.#checkpoints.tick([this.task]);
  }

  async isSuperseded(): Promise<boolean> {
    this.#world.clock.advance(6_000);
    return (await this.#checkpoints.tick([this.task])).length === 1;
  }
}

export function portsOf({ log, clock }: CheckpointWorld): AggregatePorts {
  return {
    log: log.another(),
    clock,
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: createAggregateMetrics(new Registry(), () => []),
    views: inMemorySerde<FoldedView>(topics.views),
    deltas,
    metadata: inMemorySerde<TokenMetadata>(topics.metadata),
    candidates: inMemorySerde<CandidateSet>(topics.candidates),
    sightings: inMemorySerde<ViewerSightings>(topics.sightings),
    journeys: inMemorySerde<ViewerJourneys>(topics.journeys),
    viewsTopic: topics.views.name,
    deltasTopic: topics.viewDeltas.name,
    metadataTopic: topics.metadata.name,
    deadLettersTopic: topics.deadLetters.name,
    sightingsTopic: topics.sightings.name,
    journeysTarget: { topic: topics.journeys.name, partition: 0 },
    candidatesTarget: { topic: topics.candidates.name, partition: 0 },
  };
}
