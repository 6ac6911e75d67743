import { AssertionError } from 'node:assert';
import type { SeedRange } from '../seed-ranges.ts';
import { type SiteKind, siteKinds } from './crowds.ts';
import { type Compared, mergeCase } from './merge-case.ts';

/** Wrong cases that are kept; the run ends with the last of them. */
const wrongMax = 10;

export interface MergeTally extends Record<Exclude<keyof Compared, 'kind'>, number> {
  cases: number;
  readonly kinds: Record<SiteKind, number>;
  readonly wrong: { readonly seed: number; readonly error: string }[];
}

/** Runs the cases of a range of seeds, until ten of them were wrong. */
export function mergeCases(
  { from, count }: SeedRange,
  progressed: (tally: MergeTally) => void = () => undefined,
): MergeTally {
  const tally: MergeTally = {
    ...{ cases: 0, tokens: 0, leftOut: 0, boards: 0, places: 0, cutShort: 0 },
    kinds: Object.fromEntries(siteKinds.map((kind) => [kind, 0])) as Record<SiteKind, number>,
    wrong: [],
  };
  for (let seed = from; seed < from + count && tally.wrong.length < wrongMax; seed += 1) {
    tally.cases += 1;
    try {
      add(tally, mergeCase(seed));
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error;
      tally.wrong.push({ seed, error: error.message });
    }
    progressed(tally);
  }
  return tally;
}

function add(tally: MergeTally, { kind, ...sizes }: Compared): void {
  tally.kinds[kind] += 1;
  tally.tokens += sizes.tokens;
  tally.leftOut += sizes.leftOut;
  tally.boards += sizes.boards;
  tally.places += sizes.places;
  tally.cutShort += sizes.cutShort;
}
