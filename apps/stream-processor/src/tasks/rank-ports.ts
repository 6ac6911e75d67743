import type { Log, Serde } from '@trending/kafka';
import type { Clock, Logger } from '@trending/runtime';
import type { Board, CandidateSet } from '@trending/schemas';
import type { BoardHead } from '../domain/board-fold.ts';
import type { RankMetrics } from './rank-metrics.ts';

/** What the rank role touches of the world. Topic names are prefixed. */
export interface RankPorts {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: RankMetrics;
  readonly candidates: Serde<CandidateSet>;
  readonly boards: Serde<Board>;
  /** Reads of a board only what decides whether it is in force: the topic holds many more boards than are. */
  readonly boardHeads: Serde<BoardHead>;
  readonly candidatesTopic: string;
  readonly rankingsTopic: string;
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
