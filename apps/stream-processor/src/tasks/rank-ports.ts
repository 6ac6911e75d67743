import type { Log, Serde } from '@trending/kafka';
import type { Clock, Logger } from '@trending/runtime';
import type { Board, CandidateSet, FeatureSet } from '@trending/schemas';
import type { BoardHead } from '../domain/board-fold.ts';
import type { SetHead } from '../domain/candidate-order.ts';
import type { ControlTable } from '../state/control-table.ts';
import type { RankMetrics } from './rank-metrics.ts';
import { withRetries } from './retry.ts';

/** What operators said, kept level with the control topic. */
export interface ControlSource {
  readonly table: ControlTable;
  /** Reads up to the end the topic has now: a new owner must know all that the old one knew. */
  catchUp(): Promise<void>;
}

/** What the rank role touches of the world. Topic names are prefixed. */
export interface RankPorts {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: RankMetrics;
  readonly candidates: Serde<CandidateSet>;
  /** Reads of a set only what decides whether it is in force. */
  readonly candidateHeads: Serde<SetHead>;
  readonly boards: Serde<Board>;
  /** Reads of a board only what decides whether it is in force: the topic holds many more boards than are. */
  readonly boardHeads: Serde<BoardHead>;
  readonly features: Serde<FeatureSet>;
  readonly control: ControlSource;
  readonly candidatesTopic: string;
  readonly rankingsTopic: string;
  readonly featuresTopic: string;
  /** Partition count of the views topic. */
  readonly partitions: number;
}

/** Decodes, fetching the writer's schema when it is not known yet; undefined for bytes that are no such value. */
export async function decoded<T>(serde: Serde<T>, bytes: Uint8Array): Promise<T | undefined> {
  let result = serde.decode(bytes);
  if (result === undefined) {
    await serde.resolve(bytes);
    result = serde.decode(bytes);
  }
  return result?.ok ? result.value : undefined;
}

/** Repeats a reading that its log or the schema registry held up; without end for the registry, since a new process needs it all the more. */
export function readPatiently<T>(
  { logger }: Pick<RankPorts, 'logger'>,
  read: () => Promise<T>,
): Promise<T> {
  return withRetries(read, (error, attempt) =>
    logger.warn({ err: error, attempt }, 'cannot read on yet'),
  );
}
