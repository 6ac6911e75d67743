import {
  type ConsumedRecord,
  type FollowedBatch,
  type Follower,
  type Log,
  partitionKey,
  type Serde,
  type TopicPartition,
  topicName,
  type WatchedPosition,
} from '@trending/kafka';
import {
  asError,
  type Clock,
  Counter,
  type HealthCheck,
  type Logger,
  type Part,
  type Registry,
} from '@trending/runtime';
import {
  type Board,
  boardFenceKey,
  deletedInEpoch,
  scopeSuspected,
  type TokenMetadata,
  topics,
} from '@trending/schemas';
import type { BoardShelf } from '../domain/board-shelf.ts';
import type { BoardVersion } from '../domain/board-version.ts';
import type { RecentVersions } from '../domain/recent-versions.ts';
import type { TokenDirectory } from '../domain/token-directory.ts';
import { CatchUp } from './catch-up.ts';
import { RecordDecoder } from './record-decoder.ts';
import { retry } from './retry.ts';
import { keyText, mayAppear, problemOf } from './source-parts.ts';

export interface BoardSerdes {
  readonly boards: Serde<Board>;
  readonly metadata: Serde<TokenMetadata>;
}

/** Who is told what the log says. */
export interface BoardListener {
  /** All boards that were there at start are on the shelf. */
  serve(): void;
  publish(version: BoardVersion): void;
  remove(key: string): void;
}

export interface BoardSourceSettings {
  readonly log: Log;
  readonly serdes: () => Promise<BoardSerdes>;
  readonly topicPrefix: string;
  readonly shelf: BoardShelf;
  readonly directory: TokenDirectory;
  readonly recent: RecentVersions;
  readonly clock: Clock;
  readonly listener: BoardListener;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** The source died for good. */
  readonly crashed: (error: Error) => void;
}

export type SourceState = 'connecting' | 'catching-up' | 'running';

/** Reads the compacted rankings and metadata from their beginnings, for ever; every gateway reads everything. */
export class BoardSource implements Part {
  readonly name = 'board-source';
  readonly #settings: BoardSourceSettings;
  readonly #names: { readonly rankings: string; readonly metadata: string };
  readonly #dropped: Counter<'reason'>;
  readonly #decoder: RecordDecoder;
  readonly #stopping = new AbortController();
  #state: SourceState = 'connecting';
  #problem = 'not started';
  #catchUp = new CatchUp(new Map());
  #serdes: BoardSerdes | undefined;
  /** Tokens of the running batch whose metadata changed. */
  readonly #renamed = new Set<string>();
  #followers: Follower[] = [];
  #connected: Promise<void> | undefined;

  constructor(settings: BoardSourceSettings) {
    const { topicPrefix, metrics, logger } = settings;
    this.#settings = settings;
    this.#names = {
      rankings: topicName(topics.rankings, topicPrefix),
      metadata: topicName(topics.metadata, topicPrefix),
    };
    this.#dropped = new Counter({
      name: 'trending_boards_dropped_total',
      help: 'Board records that were older than the board held',
      labelNames: ['reason'],
      registers: [metrics],
    });
    const undecodable = new Counter({
      name: 'trending_undecodable_records_total',
      help: 'Records that were skipped because their bytes are not a value of their topic',
      labelNames: ['topic'],
      registers: [metrics],
    });
    this.#decoder = new RecordDecoder({ logger, undecodable, signal: this.#stopping.signal });
  }

  /** Where the reader is, for the progress watchdog. */
  positions(): readonly WatchedPosition[] {
    return this.#catchUp.positions();
  }

  get state(): SourceState {
    return this.#state;
  }

  readonly health: HealthCheck = {
    name: 'boards',
    check: () => {
      if (this.#state === 'connecting') return `connecting: ${this.#problem}`;
      const silence = problemOf(this.#followers);
      if (this.#state === 'running' || silence !== undefined) return silence;
      return `catching up, ${this.#catchUp.remaining} records to go`;
    },
  };

  /** Returns at once: connecting may take as long as the broker and the registry need, and readiness tells. */
  async start(): Promise<void> {
    this.#connected ??= this.#connect().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) this.#settings.crashed(asError(error));
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#connected;
    await this.#stopFollowing();
  }

  async #connect(): Promise<void> {
    const [{ logger }, { signal }] = [this.#settings, this.#stopping];
    this.#problem = 'waiting for the broker and the registry';
    const failed = (error: unknown) => {
      this.#problem = asError(error).message;
    };
    await retry(
      { what: 'connecting', logger, signal, attemptsMax: Infinity, isRetriable: mayAppear, failed },
      () => this.#join(),
    );
  }

  async #join(): Promise<void> {
    const { log, serdes, crashed } = this.#settings;
    await this.#stopFollowing();
    const reading = Object.values(this.#names).map((topic) => this.#ranges(topic));
    const [bound, ...ranges] = await Promise.all([serdes(), ...reading]);
    this.#serdes = bound;
    const waiting = ranges.flat().filter(({ from, to }) => from < to);
    this.#catchUp = new CatchUp(new Map(waiting.map((range) => [partitionKey(range), range.to])));
    this.#state = 'catching-up';
    const batch = (records: FollowedBatch) => this.#read(records);
    this.#followers = await Promise.all(
      ranges.flat().map((range) => log.follow(range, { from: range.from, batch, crashed })),
    );
    await this.#settle();
  }

  /** What each partition of a topic holds now. */
  async #ranges(topic: string): Promise<(TopicPartition & { from: number; to: number })[]> {
    const { log } = this.#settings;
    const [starts, ends] = await Promise.all([log.startOffsets(topic), log.endOffsets(topic)]);
    return [...ends].map(([partition, to]) => {
      return { topic, partition, from: starts.get(partition) ?? 0, to };
    });
  }

  async #stopFollowing(): Promise<void> {
    await Promise.all(this.#followers.splice(0).map((follower) => follower.stop()));
  }

  async #read(batch: FollowedBatch): Promise<void> {
    for (const record of batch.records) {
      if (this.#stopping.signal.aborted) return;
      await this.#take(record);
      this.#catchUp.advance(batch, record.offset + 1);
    }
    // Compaction may have left nothing of the last records.
    this.#catchUp.advance(batch, batch.next);
    this.#settings.shelf.rename(this.#renamed);
    this.#renamed.clear();
    await this.#settle();
  }

  async #take(record: ConsumedRecord): Promise<void> {
    if (record.topic === this.#names.metadata) await this.#takeMetadata(record);
    else if (this.#state === 'running') await this.#takeBoard(record);
    else this.#catchUp.keep(record);
  }

  /** Once everything that was there at start is read, the newest boards are shelved and served. */
  async #settle(): Promise<void> {
    if (this.#state !== 'catching-up' || !this.#catchUp.isDone) return;
    this.#state = 'running';
    for (const record of this.#catchUp.takeNewest()) await this.#takeBoard(record);
    this.#settings.logger.info({ boards: this.#settings.shelf.size }, 'boards caught up');
    this.#settings.listener.serve();
  }

  async #takeBoard(record: ConsumedRecord): Promise<void> {
    const { shelf, listener, recent, clock } = this.#settings;
    const key = keyText(record);
    if (key === boardFenceKey) return shelf.fence(record.offset);
    if (record.value === null) {
      if (!shelf.remove(key, deletedInEpoch(record.headers))) return;
      recent.remove(key, clock.now());
      return listener.remove(key);
    }
    const board = await this.#decoded(record);
    if (board === undefined) return;
    const { change, version } = shelf.apply(board);
    if (change.kind === 'dropped') this.#dropped.inc({ reason: change.reason });
    if (version === undefined) return;
    const { epoch, seq } = board;
    recent.note(version.key, { epoch, seq, offset: record.offset }, clock.now());
    listener.publish(version);
  }

  /** The board of the record at this offset, read from the log once more. @throws AppError BROKER_UNAVAILABLE. */
  async boardAt(offset: number): Promise<Board | undefined> {
    const { rankings: topic } = this.#names;
    const range = { from: offset, to: offset + 1 };
    for await (const { records } of this.#settings.log.read({ topic, partition: 0 }, range))
      if (records[0] !== undefined) return this.#decoded(records[0]);
    return undefined;
  }

  /** Operators read theirs elsewhere: what is held back must not be shown by asking for it. */
  async #decoded(record: ConsumedRecord): Promise<Board | undefined> {
    const board = this.#serdes && (await this.#decoder.decode(this.#serdes.boards, record));
    return board?.scope === scopeSuspected ? undefined : board;
  }

  async #takeMetadata(record: ConsumedRecord): Promise<void> {
    const serde = this.#serdes?.metadata;
    const metadata = record.value && serde && (await this.#decoder.decode(serde, record));
    if (metadata === undefined) return;
    const token = keyText(record);
    if (this.#settings.directory.put(token, metadata)) this.#renamed.add(token);
  }
}
