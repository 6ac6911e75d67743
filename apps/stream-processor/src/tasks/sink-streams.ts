import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConsumedRecord, DecodeFailure, Serde } from '@trending/kafka';
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
import { lastOfEachStep, type SampledVersion } from '../domain/board-sampling.ts';
import { featureRows } from '../domain/feature-rows.ts';
import { boardLines, metadataRow, type Row, type RowOrigin, viewRow } from '../domain/sink-rows.ts';
import { slicesOf } from './record-slices.ts';
import { type DecodedRecord, decodeAll, sinkSlice } from './sink-decoding.ts';
import type { RowBlock, SinkLimits } from './sink-ports.ts';

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
  /** How long a range may wait for more records; as the limits say when absent. */
  readonly pace?: Pick<SinkLimits, 'lingerMs' | 'restMs'>;
  /** Encoder for one assignment of one partition. */
  encoder(skipped: (reason: SkipReason) => void): RowEncoder;
}

/** @throws AppError REGISTRY_UNAVAILABLE; nothing is remembered of a failed call. */
export type RowEncoder = (records: readonly ConsumedRecord[]) => Promise<Omit<RowBlock, 'token'>>;

export interface SinkSerdes {
  readonly views: Serde<TokenView>;
  readonly rankings: Serde<Board>;
  /** Of the same records, of which few are worth reading whole. */
  readonly rankingTimes: Serde<Pick<Board, 'asOf'>>;
  readonly metadata: Serde<TokenMetadata>;
  readonly features: Serde<FeatureSet>;
}

/** Board history keeps one version per board and step of as-of time; ranges of boards wait as long. */
export const boardStepMs = 10_000;
const boardPace = { lingerMs: boardStepMs, restMs: 0 };
const ranksMax = 50;

/** Everything that becomes history. Backfilled views are views: only their topic differs. */
export function sinkStreams(serdes: SinkSerdes): readonly SinkStream[] {
  const views = (topic: Topic) =>
    streamOf({
      ...{ topic, table: 'token_views', serde: serdes.views },
      lines: (view, { origin }) => (view === null ? 'tombstone' : linesOf([viewRow(view, origin)])),
    });
  return [
    views(topics.views),
    views(topics.backfill),
    {
      ...streamOf({
        ...{ topic: topics.rankings, table: 'board_history', serde: serdes.rankings },
        worthReading: (records) => lastBoards(serdes.rankingTimes, records),
        lines(board, { origin, key }) {
          if (key === boardFenceKey) return 'fence';
          return board === null ? 'tombstone' : boardLines(board, origin, { ranksMax });
        },
      }),
      pace: boardPace,
    },
    {
      ...streamOf({
        ...{ topic: topics.features, table: 'feature_history', serde: serdes.features },
        lines: (set, { origin }) =>
          set === null ? 'tombstone' : linesOf(featureRows(set, origin)),
      }),
      pace: boardPace,
    },
    streamOf({
      ...{ topic: topics.metadata, table: 'token_metadata', serde: serdes.metadata },
      lines(metadata, { origin, key }) {
        if (key === '') return 'no_key';
        // Made of what ClickHouse holds already.
        if (tokenOfWeekKey(key) !== undefined) return 'week';
        return linesOf([metadataRow(metadata, key, origin)]);
      },
    }),
  ];
}

/** Of every range the last version of each board in each step, and whatever is no board; no memory between ranges. */
async function lastBoards(
  times: Serde<Pick<Board, 'asOf'>>,
  records: readonly ConsumedRecord[],
): Promise<readonly ConsumedRecord[]> {
  const versions = new Map<ConsumedRecord, SampledVersion>();
  for (const { record, value } of await decodeAll(times, records)) {
    const key = textOf(record.key);
    if (value.ok && value.value !== null && key !== boardFenceKey)
      versions.set(record, { key, asOf: value.value.asOf });
  }
  const kept = lastOfEachStep([...versions.values()], boardStepMs);
  return records.filter((record) => {
    const version = versions.get(record);
    return version === undefined || kept.has(version);
  });
}

interface RowContext {
  readonly origin: RowOrigin;
  readonly key: string;
}

interface StreamSettings<T> {
  readonly topic: Topic;
  readonly table: string;
  readonly serde: Serde<T>;
  /** Those of a range, in its order, that make rows, or tell why they do not; the others are `sampled`. All when absent. */
  readonly worthReading?: (
    records: readonly ConsumedRecord[],
  ) => Promise<readonly ConsumedRecord[]>;
  /** Makes the rows of a record, each as JSON. */
  readonly lines: (value: T | null, context: RowContext) => readonly string[] | SkipReason;
}

const utf8 = new TextDecoder();
const bytesOf = new TextEncoder();

function streamOf<T>(settings: StreamSettings<T>): SinkStream {
  const { topic, table, serde, worthReading } = settings;
  return {
    topic,
    table,
    encoder(skipped) {
      return async (records) => {
        // All is decoded before the first row is made: a registry that is away must not leave half a range remembered.
        const worth = (await worthReading?.(records)) ?? records;
        const decoded = await decodeAll(serde, worth);
        for (let left = records.length - worth.length; left > 0; left -= 1) skipped('sampled');
        const made = { ...settings, skipped };
        const body: Uint8Array[] = [];
        let rows = 0;
        for (const slice of slicesOf(decoded, sinkSlice, ({ record }) => record)) {
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

interface LineSettings<T> extends Pick<StreamSettings<T>, 'topic' | 'lines'> {
  readonly skipped: (reason: SkipReason) => void;
}

function linesOfRecord<T>(
  { record, value }: DecodedRecord<T>,
  settings: LineSettings<T>,
): readonly string[] {
  const made = madeOf({ record, value }, settings);
  if (typeof made !== 'string') return made;
  settings.skipped(made);
  return [];
}

function linesOf(rows: readonly Row[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row));
}

function madeOf<T>(
  { record, value }: DecodedRecord<T>,
  { topic, lines }: Pick<StreamSettings<T>, 'topic' | 'lines'>,
): readonly string[] | SkipReason {
  if (record.isMarker) return 'marker';
  return value.ok ? lines(value.value, contextOf(topic, record)) : value.reason;
}

function contextOf(topic: Topic, { partition, offset, key }: ConsumedRecord): RowContext {
  const origin = { topic: topic.name, partition, offset };
  return { origin, key: textOf(key) };
}

function textOf(key: Uint8Array | null): string {
  return key === null ? '' : utf8.decode(key);
}
