import {
  type Candidate,
  type CandidateSet,
  type CutEntry,
  type ScopeTotals,
  type SiteHistory,
  scopeAll,
} from '@trending/schemas';
import { type CandidateList, candidateListOf } from './candidate-list.ts';
import { mergeSites } from './site-history.ts';

/** All partitions of one window, as one. */
export interface MergedSet {
  readonly lastPane: number;
  /** Newest asOf of the sets in it; `cut` has each one's own. */
  readonly asOf: number;
  readonly newestReceivedAt: number;
  readonly cut: readonly CutEntry[];
  /** Partitions merged from an older pane, or absent; ascending. */
  readonly partial: readonly number[];
  /** Sums over partitions by scope; `all` is always there. */
  readonly totals: ReadonlyMap<string, ScopeTotals>;
  /** What the past tells, over all partitions. */
  readonly site: SiteHistory;
  /** Candidates of each partition, by its number. */
  readonly lists: readonly CandidateList[];
}

/**
 * Merges candidate sets of one window whatever order they arrived in: sets are taken by partition number and every sum is an
 * integer sum, so the result has one form. `partitions` is the partition count of the views topic.
 */
export function mergeSets(sets: Iterable<CandidateSet>, partitions: number): MergedSet {
  const ordered = [...sets].sort((a, b) => a.partition - b.partition);
  const lastPane = maxOf(ordered, (set) => set.lastPane);
  return {
    lastPane,
    asOf: maxOf(ordered, (set) => set.asOf),
    newestReceivedAt: maxOf(ordered, (set) => set.newestReceivedAt),
    cut: ordered.map(cutEntryOf),
    partial: partialOf(ordered, lastPane, partitions),
    totals: sumTotals(ordered),
    site: mergeSites(ordered.map(({ site }) => site)),
    lists: ordered.map((set) => candidateListOf(set.items)),
  };
}

/** The candidates of all partitions. */
export function candidatesOf({ lists }: Pick<MergedSet, 'lists'>): Candidate[] {
  return lists.flatMap(({ items }) => items);
}

/** Partitions that have no set of the newest pane, ascending. */
export function partialOf(
  sets: readonly CandidateSet[],
  lastPane: number,
  partitions: number,
): number[] {
  const current = new Set(sets.filter((set) => set.lastPane === lastPane).map((s) => s.partition));
  return Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => !current.has(partition),
  );
}

function cutEntryOf(set: CandidateSet): CutEntry {
  const { partition, epoch, inputOffset, metadataOffset, journeyOffset, asOf } = set;
  return { partition, epoch, inputOffset, metadataOffset, journeyOffset, asOf };
}

function sumTotals(sets: readonly CandidateSet[]): Map<string, ScopeTotals> {
  const sums = new Map<string, ScopeTotals>([[scopeAll, emptyTotals(scopeAll)]]);
  for (const { totals } of sets) {
    for (const part of totals) {
      const sum = sums.get(part.scope) ?? emptyTotals(part.scope);
      sums.set(part.scope, {
        scope: part.scope,
        tokens: sum.tokens + part.tokens,
        views: sum.views + part.views,
        effective: sum.effective + part.effective,
      });
    }
  }
  return sums;
}

function emptyTotals(scope: string): ScopeTotals {
  return { scope, tokens: 0, views: 0, effective: 0 };
}

function maxOf(sets: readonly CandidateSet[], value: (set: CandidateSet) => number): number {
  return sets.reduce((max, set) => Math.max(max, value(set)), 0);
}
