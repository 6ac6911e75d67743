import { type GroupConsumer, type ProducedRecord, topicSpecs } from '@trending/kafka';
import { createInMemoryLog, type InMemoryLog, inMemorySerde } from '@trending/kafka/testing';
import { createLogger, Registry } from '@trending/runtime';
import { ManualClock, until } from '@trending/runtime/testing';
import { type Topic, topics, type ViewerJourneys, type ViewerSightings } from '@trending/schemas';
import { JourneyMemory } from '../../src/state/journey-memory.ts';
import { createJourneyRole, type JourneyRole } from '../../src/tasks/journey-role.ts';
import { factLines, type Sighting, sightingOf, sightingsOf } from './sightings.ts';

const sightings = inMemorySerde<ViewerSightings>(topics.sightings);
const journeys = inMemorySerde<ViewerJourneys>(topics.journeys);
const dayMs = 86_400_000;

/** The journey role in a process of its own. */
export interface JourneyProcess {
  readonly role: JourneyRole;
  readonly log: InMemoryLog;
  readonly metrics: Registry;
  readonly crashes: unknown[];
  /** Its process dies: no hand-over. */
  kill(): void;
}

/** An in-memory log with the topics of the catalogue, and journey roles on it. */
export class JourneyWorld {
  readonly today = 20_000;
  readonly clock = new ManualClock(20_000 * dayMs + 3_600_000);
  readonly log: InMemoryLog;
  readonly partitions: number;
  readonly #consumers: GroupConsumer[] = [];
  readonly #crashes: unknown[] = [];

  constructor(partitions: number) {
    this.partitions = partitions;
    const specs = topicSpecs({ prefix: '', viewPartitions: partitions });
    this.log = createInMemoryLog({ topics: specs, clock: this.clock });
  }

  /** A role that was started. */
  async start(): Promise<JourneyProcess> {
    const log = this.log.another();
    const own: GroupConsumer[] = [];
    const runGroup = log.runGroup.bind(log);
    log.runGroup = async (options) => {
      const consumer = await runGroup(options);
      own.push(consumer);
      this.#consumers.push(consumer);
      return consumer;
    };
    const crashes: unknown[] = [];
    const metrics = new Registry();
    const role = createJourneyRole({
      ...{ log, metrics, clock: this.clock, topicPrefix: '' },
      registry: { serde: async <T>(topic: Topic) => inMemorySerde<T>(topic) },
      logger: createLogger({ service: 'test', level: 'silent' }),
      crash: (error) => {
        crashes.push(error);
        this.#crashes.push(error);
      },
    });
    await role.start();
    return {
      ...{ role, log, metrics, crashes },
      kill: () => {
        for (const consumer of own) this.log.kill(consumer);
      },
    };
  }

  /** A record for each sighting, in the partition of its viewer. */
  async see(...seen: Sighting[]): Promise<void> {
    for (const sighting of seen)
      await this.append(this.partitionOf(sighting.viewer), {
        key: '',
        value: sightings.encode(sightingOf(sighting)),
      });
  }

  /** One record of many viewers at one token. */
  async seeAll(partition: number, seen: readonly Sighting[]): Promise<void> {
    const record = sightingsOf(seen[0]?.token ?? 0, seen);
    await this.append(partition, { key: '', value: sightings.encode(record) });
  }

  partitionOf(viewer: number): number {
    return viewer % this.partitions;
  }

  append(partition: number, record: ProducedRecord): Promise<number> {
    return this.log.append({ topic: topics.sightings.name, partition }, [record]);
  }

  /** What the journeys topic holds, as it came. */
  told(): { readonly key: string; readonly journeys: ViewerJourneys }[] {
    return this.log.records(topics.journeys.name, 0).flatMap(({ key, value }) => {
      const decoded = value === null ? undefined : journeys.decode(value);
      if (!decoded?.ok) throw new Error('a record of facts does not decode');
      return [{ key: Buffer.from(key ?? []).toString(), journeys: decoded.value }];
    });
  }

  /** Facts in the topic, each once. */
  facts(): string[] {
    return factLines(this.told().map((one) => one.journeys));
  }

  /** Facts of a memory that read all partitions and never stopped. */
  expected(): string[] {
    const memories = Array.from({ length: this.partitions }, () => new JourneyMemory());
    const all = this.log.records(topics.sightings.name).flatMap(({ partition, value }) => {
      const decoded = value === null ? undefined : sightings.decode(value);
      return decoded?.ok ? (memories[partition]?.take(decoded.value, this.today) ?? []) : [];
    });
    return factLines(all);
  }

  /** What the group committed of a partition. */
  async committed(partition: number): Promise<number> {
    const target = { topic: topics.sightings.name, partition };
    return (await this.#consumers.at(-1)?.committed(target))?.offset ?? -1;
  }

  /** Waits until the topic holds all facts that follow, and no other. */
  async untilTold(): Promise<void> {
    await this.log.settled();
    const expected = this.expected().join('\n');
    await until({ timeoutMs: 5_000, what: 'all facts, and no other', everyMs: 5 }, () => {
      if (this.#crashes.length > 0) throw this.#crashes[0];
      return this.facts().join('\n') === expected ? true : undefined;
    });
  }
}
