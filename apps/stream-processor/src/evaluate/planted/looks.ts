import type { Chance } from './random.ts';

/** Somebody who comes back as often as counts. */
export const repeatMs = 31_000;
/** Looks of a person's visit beyond the first, in the mean. */
export const moreLooks = 0.6;

/** Looks of a person's visit, `repeatMs` apart. */
export function looksOf(chance: Chance): number {
  return 1 + chance.poisson(moreLooks);
}
