import type { ConsumedRecord, Decoded } from '@trending/kafka';
import { type Topic, topics } from '@trending/schemas';
import { classify } from './domain/classify.ts';
import {
  brokenRuleText,
  type DeadLetterReason,
  type FoldedView,
  keyIs,
  ruleBroken,
} from './domain/folded-view.ts';
import type { AggregateState } from './state/aggregate-state.ts';

/** ClickHouse tables that the sink fills, by name. */
export const tables = {
  tokenViews: 'token_views',
  boardHistory: 'board_history',
  tokenMetadata: 'token_metadata',
  featureHistory: 'feature_history',
} as const;

/** Tables that ClickHouse itself fills from each insert into another one, by views of the migrations. */
export const rollupTables = [
  'token_views_by_minute',
  'token_views_by_hour',
  'token_views_by_day',
] as const;

/** What flows where: a role reads and writes nothing that is not named here. */
export interface RoleEdges {
  readonly reads: readonly Topic[];
  /** One active owner, the others stand by; else a task per partition of the first topic read. */
  readonly owner?: 'single';
  readonly writes: readonly (Topic | (typeof tables)[keyof typeof tables])[];
}

export const topology = {
  aggregate: {
    reads: [topics.views, topics.viewDeltas, topics.metadata, topics.journeys],
    writes: [topics.viewDeltas, topics.candidates, topics.deadLetters, topics.sightings],
  },
  journey: { reads: [topics.sightings], writes: [topics.journeys] },
  rank: {
    reads: [topics.candidates, topics.control],
    owner: 'single',
    writes: [topics.rankings, topics.features],
  },
  sink: {
    reads: [topics.views, topics.rankings, topics.features, topics.metadata],
    writes: [
      tables.tokenViews,
      tables.boardHistory,
      tables.featureHistory,
      tables.tokenMetadata,
      // Tokens' own weeks, read from what ClickHouse made of the views.
      topics.metadata,
    ],
  },
} as const satisfies Record<string, RoleEdges>;

export type RoleName = keyof typeof topology;
export const roleNames = Object.keys(topology) as RoleName[];

/** A record that is no view, and why. */
export interface DeadLetter {
  readonly record: ConsumedRecord;
  readonly reason: DeadLetterReason;
  readonly detail: string;
}

/**
 * aggregate: one record of the views topic, folded into its partition's state. Every record gets exactly one class; only views
 * that are no duplicates, not filtered and not too late enter the panes. Candidate sets leave by `candidateSetOf`.
 */
export function aggregate(
  state: AggregateState,
  record: ConsumedRecord,
  decoded: Decoded<FoldedView>,
): DeadLetter | undefined {
  if (record.isMarker) {
    state.passMarker(record.offset);
    return undefined;
  }
  state.accept(record);
  const deadLetter = deadLetterOf(state, record, decoded);
  if (deadLetter !== undefined) {
    state.putAside(deadLetter.reason);
    return deadLetter;
  }
  if (decoded.ok) state.settle(classify(decoded.value, state), decoded.value);
  return undefined;
}

function deadLetterOf(
  state: AggregateState,
  record: ConsumedRecord,
  decoded: Decoded<FoldedView>,
): DeadLetter | undefined {
  if (!decoded.ok) return { record, reason: decoded.reason, detail: decoded.detail };
  const view = decoded.value;
  const reason = keyIs(record.key, view.token)
    ? ruleBroken(view, record.timestamp, state.store.isKnown(view.token))
    : 'key_mismatch';
  return reason && { record, reason, detail: brokenRuleText(reason, view) };
}
