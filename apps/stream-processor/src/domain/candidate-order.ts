import type { Candidate, CandidateSet } from '@trending/schemas';

type Position = Pick<CandidateSet, 'epoch' | 'inputOffset' | 'asOf'>;

/** What decides which candidate set of a window and partition is in force. */
export type SetHead = Position & Pick<CandidateSet, 'window' | 'partition'>;

/** Fields of {@link SetHead}. */
export const setHeadFields: readonly string[] = [
  'window',
  'partition',
  'epoch',
  'inputOffset',
  'asOf',
];

/** Readers' rule of candidate sets: only a lexicographically greater (epoch, inputOffset, asOf) replaces what is held. */
export function supersedes(next: Position, held: Position | undefined): boolean {
  if (held === undefined) return true;
  if (next.epoch !== held.epoch) return next.epoch > held.epoch;
  if (next.inputOffset !== held.inputOffset) return next.inputOffset > held.inputOffset;
  return next.asOf > held.asOf;
}

/** Most candidates of a window and partition are those of the set before: for codecs, which write and read them once. */
export const keptCandidates = {
  streamOf: (set: unknown) => {
    const { window, partition } = set as Pick<CandidateSet, 'window' | 'partition'>;
    return `${window}|${partition}`;
  },
  keyOf: (item: unknown) => (item as Candidate).token,
};
