import type { Mutant } from './mutant.ts';
import { Random } from './random.ts';

/** `count` of all, in the list's order: a function of the hash (hex) alone, so another source meets other ones. */
export function sampleOf(all: readonly Mutant[], count: number, hash: string): Mutant[] {
  const random = new Random(Number.parseInt(hash.slice(0, 12), 16));
  const drawn = all
    .map((mutant) => ({ mutant, lot: random.fraction() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, count);
  const chosen = new Set(drawn.map(({ mutant }) => mutant));
  return all.filter((mutant) => chosen.has(mutant));
}
