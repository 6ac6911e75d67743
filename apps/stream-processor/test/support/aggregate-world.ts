import { type ConsumedRecord, partitionOf, topicSpecs } from '@trending/kafka';
import { createInMemoryLog, type InMemoryLog, inMemorySerde } from '@trending/kafka/testing';
import { createLogger, Registry } from '@trending/runtime';
import { ManualClock, until } from '@trending/runtime/testing';
import {
  type CandidateSet,
  type TokenMetadata,
  type TokenView,
  type Topic,
  topics,
} from '@trending/schemas';
import { type AggregateRole, createAggregateRole } from '../../src/tasks/aggregate-role.ts';
import { type ViewSpec, viewOf } from './views.ts';

const views = inMemorySerde<TokenView>(topics.views);
const metadata = inMemorySerde<TokenMetadata>(topics.metadata);
const sets = inMemorySerde<CandidateSet>(topics.candidates);
const rest = { partnerId: null, device: null, dwellMs: null };

/** An in-memory log with the topics of the catalogue and aggregate roles on it. */
export class AggregateWorld {
  readonly clock = new ManualClock(1_700_000_000_500);
  readonly log: InMemoryLog;
  readonly #partitions: number;

  constructor(partitions: number) {
    this.#partitions = partitions;
    const specs = topicSpecs({ prefix: '', viewPartitions: partitions });
    this.log = createInMemoryLog({ topics: specs, clock: this.clock });
  }

  /** A role in its own process. Crashes are collected. */
  role(): {
    readonly role: AggregateRole;
    readonly log: InMemoryLog;
    readonly crashes: unknown[];
    readonly metrics: Registry;
  } {
    const crashes: unknown[] = [];
    const log = this.log.another();
    const metrics = new Registry();
    const role = createAggregateRole({
      log,
      registry: { serde: async <T>(topic: Topic) => inMemorySerde<T>(topic) },
      logger: createLogger({ service: 'test', level: 'silent' }),
      metrics,
      clock: this.clock,
      topicPrefix: '',
      crash: (error) => crashes.push(error),
    });
    return { role, log, crashes, metrics };
  }

  async view(token: string, spec: Partial<ViewSpec> = {}): Promise<void> {
    const value = views.encode({ ...viewOf({ at: this.clock.now(), ...spec, token }), ...rest });
    await this.raw(token, value);
  }

  async raw(key: string, value: Uint8Array | null): Promise<void> {
    const target = { topic: topics.views.name, partition: partitionOf(key, this.#partitions) };
    await this.log.append(target, [{ key, value, timestamp: this.clock.now() }]);
  }

  async categories(token: string, categories: string[]): Promise<void> {
    const [chain = '', address = ''] = token.split(':');
    const named = { chain, address, name: 'n', symbol: 's', categories };
    const value = metadata.encode({ ...named, createdAt: null, logoUri: null, updatedAt: 0 });
    await this.log.append({ topic: topics.metadata.name, partition: 0 }, [{ key: token, value }]);
  }

  /** All sets on the candidates topic, fences left out. */
  sets(window = '5m'): CandidateSet[] {
    return this.log.records(topics.candidates.name).flatMap(({ value }) => {
      const decoded = value === null ? undefined : sets.decode(value);
      return decoded?.ok && decoded.value.window === window ? [decoded.value] : [];
    });
  }

  deadLetters(): ConsumedRecord[] {
    return this.log.records(topics.deadLetters.name);
  }

  /** Views of a token in the newest sets. */
  shown(token: string): number | undefined {
    const newest = this.sets().findLast(({ items }) => items.some((item) => item.token === token));
    return newest?.items.find((item) => item.token === token)?.views;
  }

  async untilShown(token: string, count: number): Promise<void> {
    await this.until(`${count} views of ${token}`, () => this.shown(token) === count);
  }

  async until(what: string, probe: () => boolean | Promise<boolean>): Promise<void> {
    await until({ timeoutMs: 5_000, what, everyMs: 5 }, async () => {
      if (await probe()) return true;
      this.clock.advance(50);
      return undefined;
    });
  }
}
