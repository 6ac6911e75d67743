import type { CandidateSet } from '@trending/schemas';
import { type MergedSet, mergeSets, partialOf } from './board-merge.ts';
import { candidateListOf } from './candidate-list.ts';
import { supersedes } from './candidate-order.ts';

/** Longest wait for a partition that is still on the older pane, ms. */
export const paneWaitMs = 1_000;

/**
 * The newest candidate sets of one window and the rule when they may be merged: at once when all partitions share the newest
 * pane, else {@link paneWaitMs} after that pane was first seen. A partition that let that wait pass is not waited for again
 * until it sends, so a dead partition costs one second once and never freezes a board.
 */
export class BoardWindow {
  readonly #partitions: number;
  readonly #sets = new Map<number, CandidateSet>();
  readonly #givenUp = new Set<number>();
  readonly #startedAt: number;
  #newestPane = -1;
  #paneSeenAt = 0;
  /** Asked for whenever anything may be due; changes with the sets only. */
  #mergeableAt: number | undefined;

  /** `startedAt` begins the wait for partitions that never sent. */
  constructor(partitions: number, startedAt: number) {
    this.#partitions = partitions;
    this.#startedAt = startedAt;
  }

  /** Takes a set by the readers' rule; false when it is older than the one held or names no partition of the views topic. */
  accept(set: CandidateSet, now: number): boolean {
    const { partition } = set;
    if (partition < 0 || partition >= this.#partitions) return false;
    const held = this.#sets.get(partition);
    if (!supersedes(set, held)) return false;
    candidateListOf(set.items, held?.items);
    this.#mergeableAt = undefined;
    this.#sets.set(partition, set);
    this.#givenUp.delete(partition);
    if (set.lastPane > this.#newestPane) {
      this.#newestPane = set.lastPane;
      this.#paneSeenAt = now;
    }
    return true;
  }

  /** From when on the sets may be merged; never (Infinity) while there is none. */
  mergeableAt(): number {
    this.#mergeableAt ??= this.#whenMergeable();
    return this.#mergeableAt;
  }

  #whenMergeable(): number {
    if (this.#sets.size === 0) return Number.POSITIVE_INFINITY;
    const awaited = this.#behind().filter((partition) => !this.#givenUp.has(partition));
    if (awaited.length === 0) return Number.NEGATIVE_INFINITY;
    const hasSent = awaited.some((partition) => this.#sets.has(partition));
    return (hasSent ? Math.max(this.#paneSeenAt, this.#startedAt) : this.#startedAt) + paneWaitMs;
  }

  /** Merges what is there; call it from {@link mergeableAt} on. Who is behind by now will not be waited for again. */
  merge(): MergedSet {
    for (const partition of this.#behind()) this.#givenUp.add(partition);
    this.#mergeableAt = undefined;
    return mergeSets(this.#sets.values(), this.#partitions);
  }

  #behind(): number[] {
    return partialOf([...this.#sets.values()], this.#newestPane, this.#partitions);
  }
}
