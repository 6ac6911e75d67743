import type { CandidateSet } from '@trending/schemas';
import { countingRules } from '../domain/counting-rules.ts';
import type { WindowLevel } from '../domain/window-level.ts';
import type { AggregateState } from './aggregate-state.ts';

/** What a candidate set says of itself besides the counts. */
export interface SetIdentity {
  readonly partition: number;
  readonly epoch: number;
  readonly metadataOffset: number;
}

/** The candidate set of a window at the state's `asOf`: a pure function of state and identity, the same bytes every time. */
export function candidateSetOf(
  state: AggregateState,
  level: WindowLevel,
  identity: SetIdentity,
): CandidateSet {
  const { store } = state;
  const totals = store.totals(level);
  const hasViews = totals.some(({ tokens }) => tokens > 0);
  return {
    ...identity,
    window: level.name,
    inputOffset: state.inputOffset,
    journeyOffset: state.journeyOffset,
    asOf: store.asOf,
    lastPane: store.lastPane(level),
    newestReceivedAt: hasViews ? state.newestReceivedAt : 0,
    rules: countingRules,
    totals,
    site: store.site(level),
    items: store.candidates(level),
  };
}
