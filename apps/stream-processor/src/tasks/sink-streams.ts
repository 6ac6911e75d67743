import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConsumedRecord, Decoded, DecodeFailure, Serde } from '@trending/kafka';
import {
  type Board,
  boardFenceKey,
  type FeatureSet,
  type TokenMetadata,
  type TokenView,
  type Topic,
  tokenOfWeekKey,
  topics,
} from '@trending/schemas';
import { lastOfEachStep } from '../domain/board-sampling.ts';
import { featureRows } from '../domain/feature-rows.ts';
import { boardLines, metadataRow, type Row, type RowOrigin, viewRow } from '../domain/sink-rows.ts';
import type { RowBlock } from './sink-ports.ts';

/** Why a record makes no row: bytes the aggregate role dead-letters, or records that are not history. */
export type SkipReason =
  | DecodeFailure
  | 'tombstone'
  | 'fence'
  | 'sampled'
  | 'no_key'
  | 'marker'
  | 'week';

/** A topic that goes into a table. */
export interface SinkStream {
  readonly topic: Topic;
  readonly table: string;
  /** How long a range may wait for more records, ms; the limits' own when absent. */
  readonly lingerMs?: number;
  /** Encoder for one assignment of one partition. */
  encoder(skipped: (reason: SkipReason) => void): RowEncoder;
}

/** @throws AppError REGISTRY_UNAVAILABLE; nothing is remembered of a failed call. */
export type RowEncoder = (records: readonly ConsumedRecord[]) => Promise<Omit<RowBlock, 'token'>>;

export interface SinkSerdes {
  readonly views: Serde<TokenView>;
  readonly rankings: Serde<Board>;
  readonly metadata: Serde<TokenMetadata>;
  readonly features: Serde<FeatureSet>;
}

/** Board history keeps one version per board and step of as-of time; ranges of boards wait as long. */
export const boardStepMs = 10_000;
const ranksMax = 50;

/** Everything that becomes history. Backfilled views are views: only their topic differs. */
export function sinkStreams(serdes: SinkSerdes): readonly SinkStream[] {
  const views = (topic: Topic) =>
    streamOf({ topic, table: 'token_views', serde: serdes.views }, () => ({
      lines: (view, { origin }) => (view === null ? 'tombstone' : linesOf([viewRow(view, origin)])),
    }));
  return [
    views(topics.views),
    views(topics.backfill),
    {
      ...streamOf(
        { topic: topics.rankings, table: 'board_history', serde: serdes.rankings },
        boards,
      ),
      lingerMs: boardStepMs,
    },
    {
      ...streamOf(
        { topic: topics.features, table: 'feature_history', serde: serdes.features },
        () => ({
          lines: (set, { origin }) =>
            set === null ? 'tombstone' : linesOf(featureRows(set, origin)),
        }),
      ),
      lingerMs: boardStepMs,
    },
    streamOf({ topic: topics.metadata, table: 'token_metadata', serde: serdes.metadata }, () => ({
      lines(metadata, { origin, key }) {
        if (key === '') return 'no_key';
        // Made of what ClickHouse holds already.
        if (tokenOfWeekKey(key) !== undefined) return 'week';
        return linesOf([metadataRow(metadata, key, origin)]);
      },
    })),
  ];
}

/** Of every range the last version of each board in each step; no memory between ranges. */
function boards(range: readonly DecodedRecord<Board>[]): RowSource<Board> {
  const versions = new Map(
    range.flatMap(({ record, value }) =>
      value.ok && value.value !== null
        ? [[record.offset, { key: textOf(record.key), asOf: value.value.asOf }] as const]
        : [],
    ),
  );
  const kept = lastOfEachStep([...versions.values()], boardStepMs);
  return {
    lines(board, { origin, key }) {
      if (key === boardFenceKey) return 'fence';
      if (board === null) return 'tombstone';
      const version = versions.get(origin.offset);
      return version !== undefined && kept.has(version)
        ? boardLines(board, origin, { ranksMax })
        : 'sampled';
    },
  };
}

interface RowContext {
  readonly origin: RowOrigin;
  readonly key: string;
}

/** Makes the rows of a record, each as JSON. */
interface RowSource<T> {
  lines(value: T | null, context: RowContext): readonly string[] | SkipReason;
}

interface StreamSettings<T> {
  readonly topic: Topic;
  readonly table: string;
  readonly serde: Serde<T>;
}

// A slice of rows takes about 3 ms, after which other work of the process has its turn.
const sliceRecords = 500;
const utf8 = new TextDecoder();
const bytesOf = new TextEncoder();

function streamOf<T>(
  settings: StreamSettings<T>,
  sourceOf: (range: readonly DecodedRecord<T>[]) => RowSource<T>,
): SinkStream {
  const { topic, table, serde } = settings;
  return {
    topic,
    table,
    encoder(skipped) {
      return async (records) => {
        // All is decoded before the first row is made: a registry that is away must not leave half a range remembered.
        const decoded = await decodeAll(serde, records);
        const made = { topic, skipped, source: sourceOf(decoded) };
        const body: Uint8Array[] = [];
        let rows = 0;
        for (const slice of slicesOf(decoded)) {
          const lines = slice.flatMap((one) => linesOfRecord(one, made));
          rows += lines.length;
          if (lines.length > 0) body.push(bytesOf.encode(`${lines.join('\n')}\n`));
          await nextTurn();
        }
        return { table, rows, body };
      };
    },
  };
}

interface LineSettings<T> {
  readonly topic: Topic;
  readonly source: RowSource<T>;
  readonly skipped: (reason: SkipReason) => void;
}

function linesOfRecord<T>(
  { record, value }: DecodedRecord<T>,
  { topic, source, skipped }: LineSettings<T>,
): readonly string[] {
  const made = madeOf({ record, value }, { topic, source });
  if (typeof made !== 'string') return made;
  skipped(made);
  return [];
}

function linesOf(rows: readonly Row[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row));
}

function madeOf<T>(
  { record, value }: DecodedRecord<T>,
  { topic, source }: Pick<LineSettings<T>, 'topic' | 'source'>,
): readonly string[] | SkipReason {
  if (record.isMarker) return 'marker';
  return value.ok ? source.lines(value.value, contextOf(topic, record)) : value.reason;
}

interface DecodedRecord<T> {
  readonly record: ConsumedRecord;
  readonly value: Decoded<T | null>;
}

async function decodeAll<T>(
  serde: Serde<T>,
  records: readonly ConsumedRecord[],
): Promise<readonly DecodedRecord<T>[]> {
  const decoded: DecodedRecord<T>[] = [];
  for (const slice of slicesOf(records)) {
    for (const [index, record] of slice.entries())
      decoded.push({ record, value: await decodeOne(serde, slice, index) });
    await nextTurn();
  }
  return decoded;
}

function decodeOne<T>(
  serde: Serde<T>,
  slice: readonly ConsumedRecord[],
  index: number,
): Decoded<T | null> | Promise<Decoded<T | null>> {
  const value = slice[index]?.value ?? null;
  if (value === null) return { ok: true, value: null };
  return serde.decode(value) ?? resolved(serde, value, slice.slice(index + 1));
}

async function resolved<T>(
  serde: Serde<T>,
  value: Uint8Array,
  ahead: readonly ConsumedRecord[],
): Promise<Decoded<T>> {
  await serde.resolve(
    value,
    ahead.map((record) => record.value),
  );
  const detail = 'its schema stays unknown';
  return serde.decode(value) ?? { ok: false, reason: 'unknown_schema', detail };
}

function* slicesOf<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += sliceRecords) yield all.slice(at, at + sliceRecords);
}

function contextOf(topic: Topic, { partition, offset, key }: ConsumedRecord): RowContext {
  const origin = { topic: topic.name, partition, offset };
  return { origin, key: textOf(key) };
}

function textOf(key: Uint8Array | null): string {
  return key === null ? '' : utf8.decode(key);
}
