import { sparklineParts } from './pane-features.ts';

/** Fewest parts of a window, and fewest views in one on average, that tell a rhythm. */
const partsMin = 5;
const viewsMin = 4;

/**
 * By degrees of freedom from 4 on: values of chi-square below which chance stays once in 10,000 times, from the first term of its
 * lower tail, `x^(d/2) / (2^(d/2) Γ(d/2 + 1))` (Abramowitz and Stegun 26.4.6), which is above the whole. Seven tails in one look, and parts
 * that share a pane: of made-up windows of chance 5 to 9 in 10,000 are taken for a clock's.
 */
const tooEven: readonly number[] = [0.028, 0.081, 0.168, 0.286, 0.443, 0.622, 0.826];

/**
 * Do the latest views come more evenly than chance lets them? Of people who do not know of each other as many come in one part of a window as in
 * another, give or take the root (Poisson), and of crowds more so; a script that waits the same time after each view comes by the clock. The index of dispersion
 * (Fisher, Thornton, Mackenzie 1922), for every number of latest parts from five on: whoever began lately is even since then.
 * `sparkline`: views in equal parts of a window, oldest first; the running one, not over yet, is left out.
 */
export function comesByTheClock(sparkline: readonly number[]): boolean {
  const end = sparklineParts - 1;
  let [views, squares] = [0, 0];
  for (let parts = 1; parts <= end; parts += 1) {
    const count = sparkline[end - parts] ?? 0;
    views += count;
    squares += count * count;
    if (parts < partsMin || views < parts * viewsMin) continue;
    const spread = squares - (views * views) / parts;
    if (spread * parts < (tooEven[parts - partsMin] ?? 0) * views) return true;
  }
  return false;
}
