import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GroupConsumer, Log, TopicPartition } from '@trending/kafka';
import { createInMemoryLog, type InMemoryLog, inMemorySerde } from '@trending/kafka/testing';
import { AppError, createLogger, Registry } from '@trending/runtime';
import { ManualClock, until } from '@trending/runtime/testing';
import {
  type Board,
  type FeatureSet,
  type TokenMetadata,
  type TokenView,
  type Topic,
  topics,
} from '@trending/schemas';
import type { RhythmSource } from '../../src/tasks/rhythm-ports.ts';
import type { RangeBlock, RowBlock, RowSink, SinkLimits } from '../../src/tasks/sink-ports.ts';
import { tablesOf } from '../../src/tasks/sink-repair.ts';
import { createSinkRole, type SinkRole } from '../../src/tasks/sink-role.ts';
import { boardStepMs } from '../../src/tasks/sink-streams.ts';

/** The last two: killed when a table had noted the token and kept nothing yet. */
export type Fate =
  | 'lands'
  | 'lands, answer lost'
  | 'refused'
  | 'away'
  | 'only noted'
  | 'roll-up only noted';

export interface InsertedRow {
  readonly [column: string]: unknown;
  readonly _partition?: number;
  readonly _offset: number;
  readonly _topic?: string;
}

/** ClickHouse as far as the sink knows it, with one roll-up of a cell a partition: remembers tokens, and may lie about what it did. */
export class FakeClickHouse {
  readonly rows = new Map<string, InsertedRow[]>();
  readonly blocks: { readonly table: string; readonly token: string; readonly rows: number }[] = [];
  /** By table and partition: rows counted, and the offset behind the last of them. */
  readonly rollup = new Map<string, { rows: number; covered: number }>();
  fate: (block: RowBlock) => Fate | Promise<Fate> = () => 'lands';
  /** Called at each question for what it holds: throws while it is away. */
  asked: () => void = () => undefined;
  readonly #tokens = new Set<string>();

  table(name: string): readonly InsertedRow[] {
    return this.rows.get(name) ?? [];
  }

  async insert(block: RowBlock): Promise<void> {
    const fate = await this.fate(block);
    if (fate === 'away') throw failure('CLICKHOUSE_UNAVAILABLE', 'connect ECONNREFUSED');
    if (fate === 'refused') throw failure('CLICKHOUSE_REJECTED', 'Code: 60. UNKNOWN_TABLE');
    this.#land(block, fate);
    if (fate !== 'lands') throw failure('CLICKHOUSE_UNAVAILABLE', 'socket hang up');
  }

  /** Puts back what a fate left out, by the rules of the real one. */
  async repair(block: RangeBlock, repaired: string): Promise<number> {
    const fate = await this.fate(block);
    if (fate === 'away' || fate === 'refused') throw failure('CLICKHOUSE_UNAVAILABLE', 'away');
    const { table, origin } = block;
    const covered = this.rollup.get(`${table}/${origin.partition}`)?.covered ?? 0;
    const rows = insertedRows(block);
    const isShort = covered <= (rows.at(-1)?._offset ?? -1);
    // The one roll-up here stands for the last of the real ones.
    if (repaired === tablesOf(block).at(-1) && isShort) this.#count(table, rows);
    if (repaired !== table) return 0;
    const kept = new Set(
      this.table(table)
        .filter(({ _partition }) => _partition === origin.partition)
        .map(({ _offset }) => _offset),
    );
    const lost = rows.filter(({ _offset }) => !kept.has(_offset));
    this.rows.set(table, [...this.table(table), ...lost]);
    return lost.length;
  }

  #land(block: RowBlock, fate: Fate): void {
    const { table, token, rows } = block;
    if (this.#tokens.has(token)) return;
    this.#tokens.add(token);
    if (fate === 'only noted') return;
    this.blocks.push({ table, token, rows });
    const inserted = insertedRows(block);
    this.rows.set(table, [...this.table(table), ...inserted]);
    if (fate !== 'roll-up only noted') this.#count(table, inserted);
  }

  #count(table: string, inserted: readonly InsertedRow[]): void {
    for (const { _partition, _offset } of inserted) {
      const key = `${table}/${_partition}`;
      const { rows = 0, covered = 0 } = this.rollup.get(key) ?? {};
      this.rollup.set(key, { rows: rows + 1, covered: Math.max(covered, _offset + 1) });
    }
  }
}

function insertedRows({ body }: RowBlock): readonly InsertedRow[] {
  const lines = body.flatMap((piece) => new TextDecoder().decode(piece).trimEnd().split('\n'));
  return lines.map((line) => JSON.parse(line) as InsertedRow);
}

function failure(
  code: 'CLICKHOUSE_UNAVAILABLE' | 'CLICKHOUSE_REJECTED',
  message: string,
): AppError {
  return new AppError({ code, message, retriable: true });
}

export interface SinkInstance {
  readonly role: SinkRole;
  readonly metrics: Registry;
  readonly crashes: unknown[];
  /** The process dies: nothing it still does reaches the world, or, as a zombie, only its insert in flight does. */
  kill(how: 'dead' | 'zombie'): void;
}

const partitions = 2;
const topicOf = (topic: Topic) => ({
  name: topic.name,
  partitions: topic.partitions === 'views' ? partitions : topic.partitions,
  config: { 'cleanup.policy': topic.cleanup },
});

/** A log, a ClickHouse and any number of sink processes. No real time passes. */
export class SinkWorld {
  readonly log: InMemoryLog = createInMemoryLog({
    topics: Object.values(topics).map(topicOf),
    clock: new ManualClock(1_700_000_000_000),
  });
  readonly clickhouse = new FakeClickHouse();
  readonly clock = new ManualClock(1_700_000_000_000);
  readonly views = inMemorySerde<TokenView>(topics.views);
  readonly boards = inMemorySerde<Board>(topics.rankings);
  readonly metadata = inMemorySerde<TokenMetadata>(topics.metadata);
  readonly features = inMemorySerde<FeatureSet>(topics.features);
  /** Each lingering waits for this; by default not at all. */
  linger: (signal: AbortSignal) => Promise<void> = async () => undefined;
  /** How many turns a commit is on its way. */
  commitTurns: () => number = () => 0;
  /** Called before each decode look-up: throws while the registry is away. */
  registry: () => void = () => undefined;
  readonly #instances: SinkInstance[] = [];

  /** Where weeks are read, if somebody may. */
  rhythms: RhythmSource | undefined;

  async start(limits: Partial<SinkLimits> = {}): Promise<SinkInstance> {
    const log = this.log.another();
    const consumers: GroupConsumer[] = [];
    const life = { isDead: false, isZombie: false };
    const crashes: unknown[] = [];
    const metrics = new Registry();
    const role = createSinkRole({
      log: recording(log, consumers, () => this.commitTurns()),
      registry: { serde: async (topic) => this.#serdeOf(topic) as never },
      sink: this.#rowSink(life),
      ...(this.rhythms === undefined ? {} : { rhythms: this.rhythms }),
      logger: createLogger({ service: 'test', level: 'silent' }),
      metrics,
      clock: this.clock,
      topicPrefix: '',
      crash: (error) => crashes.push(error),
      limits,
      delay: async (ms, signal) => {
        await nextTurn();
        if (ms === (limits.lingerMs ?? 1_000) || ms === boardStepMs) await this.linger(signal);
      },
    });
    await role.start();
    const instance: SinkInstance = {
      role,
      metrics,
      crashes,
      kill: (how) => {
        life.isDead = how === 'dead';
        life.isZombie = how === 'zombie';
        for (const consumer of consumers) this.log.kill(consumer);
      },
    };
    this.#instances.push(instance);
    return instance;
  }

  async view(target: number, over: Partial<TokenView> = {}): Promise<number> {
    return await this.append({ topic: topics.views.name, partition: target }, [viewOf(over)]);
  }

  append(target: TopicPartition, views: readonly TokenView[]): Promise<number> {
    const records = views.map((view) => ({ key: view.token, value: this.views.encode(view) }));
    return this.log.append(target, records);
  }

  /** Waits until `probe` holds; turns of the event loop, not time, bring it about. */
  async until(what: string, probe: () => boolean): Promise<void> {
    for (let turn = 0; turn < 2_000; turn += 1) {
      if (probe()) return;
      await nextTurn();
    }
    await until({ timeoutMs: 2_000, what }, () => (probe() ? true : undefined));
  }

  async committed(target: TopicPartition): Promise<{ offset: number; metadata: string }> {
    const probe = await this.log.runGroup({
      groupId: 'clickhouse-sink',
      topics: [target.topic],
      assigned: async (owned) => new Map(owned.map((p) => [`${p.topic}/${p.partition}`, 'end'])),
      batch: async () => undefined,
      crashed: () => undefined,
    });
    const found = await probe.committed(target);
    await probe.stop();
    return found;
  }

  async stop(): Promise<void> {
    this.clickhouse.fate = () => 'lands';
    await Promise.all(this.#instances.map(({ role }) => role.stop()));
    await this.log.close();
  }

  #serdeOf(topic: Topic): unknown {
    if (topic.name === topics.rankings.name) return this.boards;
    if (topic.name === topics.metadata.name) return this.metadata;
    if (topic.name === topics.features.name) return this.features;
    const { views } = this;
    return {
      ...views,
      decode: (bytes: Uint8Array) => {
        this.registry();
        return views.decode(bytes);
      },
    };
  }

  #rowSink(life: { isDead: boolean; isZombie: boolean }): RowSink {
    return {
      insert: async (block) => {
        if (life.isDead) await new Promise<never>(() => undefined);
        await this.clickhouse.insert(block);
        if (life.isDead) await new Promise<never>(() => undefined);
      },
      repair: async (block, table) => {
        if (life.isDead) await new Promise<never>(() => undefined);
        return await this.clickhouse.repair(block, table);
      },
      newestViewOffset: async ({ topic, partition }) => {
        this.clickhouse.asked();
        return this.clickhouse
          .table('token_views')
          .filter((row) => row._topic === topic && row._partition === partition)
          .reduce((newest, row) => Math.max(newest, row._offset), -1);
      },
      close: async () => undefined,
    };
  }
}

/** Passes everything on and keeps the members, so that a test can kill them. */
function recording(log: Log, consumers: GroupConsumer[], commitTurns: () => number): Log {
  return {
    append: (...call) => log.append(...call),
    read: (...call) => log.read(...call),
    shareOf: (...call) => log.shareOf(...call),
    follow: (...call) => log.follow(...call),
    deleteBefore: (...call) => log.deleteBefore(...call),
    partitionCount: (topic) => log.partitionCount(topic),
    startOffsets: (topic) => log.startOffsets(topic),
    endOffsets: (topic) => log.endOffsets(topic),
    offsetsForTime: (...call) => log.offsetsForTime(...call),
    ensureTopics: (specs) => log.ensureTopics(specs),
    close: () => log.close(),
    async runGroup(options) {
      const consumer = await log.runGroup(options);
      consumers.push(consumer);
      return {
        pause: (partitions) => consumer.pause(partitions),
        resume: (partitions) => consumer.resume(partitions),
        seek: (...call) => consumer.seek(...call),
        committed: (partition) => consumer.committed(partition),
        stop: () => consumer.stop(),
        async commit(...call) {
          for (let turn = commitTurns(); turn > 0; turn -= 1) await nextTurn();
          await consumer.commit(...call);
        },
      };
    },
  };
}

export function viewOf(over: Partial<TokenView> = {}): TokenView {
  return {
    eventId: new Uint8Array(16).fill(7),
    chain: 'eth',
    token: 'eth:0xaa',
    viewer: new Uint8Array(8).fill(1),
    network: new Uint8Array(8).fill(2),
    viewedAt: 1_700_000_000_000,
    receivedAt: 1_700_000_000_005,
    source: 'web',
    partnerId: null,
    country: null,
    device: null,
    dwellMs: null,
    weightMicro: 1_000_000,
    flags: 0,
    ...over,
  };
}

export function boardOf(over: Partial<Board> = {}): Board {
  const item = {
    rank: 1,
    token: 'eth:0xaa',
    previousRank: null,
    scoreMicro: 5_000_000,
    observed: 3_000_000,
    expected: 1_000_000,
    rawViews: 9,
    previousViews: 0,
    visitors: 3,
    networks: 2,
    effectiveVisitors: 3_000_000,
    integrityMicro: 1_000_000,
    contributions: [],
    flags: ['thin'],
    since: 1_700_000_000_000,
    state: 'new' as const,
    sparkline: [],
    stateSince: 1_700_000_000_000,
    verdict: 'new' as const,
    peakMicro: 5_000_000,
    burstSince: 0,
    basis: null,
  };
  return {
    formula: { id: 'classic', version: 1, hash: 'abc' },
    window: '1h',
    scope: 'all',
    epoch: 4,
    seq: 1,
    asOf: 1_700_000_000_000,
    scoredAt: 1_700_000_000_001,
    newestReceivedAt: 0,
    cut: [
      {
        partition: 1,
        epoch: 2,
        inputOffset: 33,
        metadataOffset: 0,
        journeyOffset: 0,
        asOf: 1_700_000_000_000,
      },
    ],
    controlOffset: 0,
    partial: [],
    totals: { tokens: 1, views: 9, effective: 3_000_000 },
    items: [item, { ...item, rank: 2, token: 'sol:Bb' }],
    siteEffective: 3_000_000,
    ...over,
  };
}
