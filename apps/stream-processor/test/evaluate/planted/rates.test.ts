import { describe, expect, test } from 'vitest';
import type { World } from '../../../src/evaluate/planted/world.ts';
import { quietWorld, seenIn } from '../../support/planted-world.ts';

const looksOfVisit = 1.6;

/** Visits by token in each half of the day, without its first and last hour. */
function countsOf(world: World): Map<string, [number, number]> {
  const counts = new Map<string, [number, number]>();
  for (const { token, minute } of seenIn(world)) {
    if (minute < 60 || minute >= 1_380) continue;
    const sums = counts.get(token) ?? [0, 0];
    sums[Number(minute >= 720)]! += 1 / looksOfVisit;
    counts.set(token, sums);
  }
  return counts;
}

/** What a world takes for usual in the hours that end from one minute to another. */
function usualOf(world: World, token: number, [from, to]: readonly [number, number]): number {
  let sum = 0;
  for (let minute = from; minute <= to; minute += 60) sum += world.usual(token, minute);
  return sum;
}

// The noise of a token lasts for hours; the fewer come by themselves, the less of it is left.
const chances = [
  { goOn: 0, tolerance: 0.2 },
  { goOn: 0.5, tolerance: 0.12 },
  { goOn: 1, tolerance: 0.04 },
];

describe.each(chances)('with a chance of $goOn to go on', ({ goOn, tolerance }) => {
  const counts = countsOf(quietWorld({ goOn }));

  test('usual is what is counted, by token and half day', () => {
    const world = quietWorld({ goOn });
    for (let token = 0; token < 5; token += 1) {
      const [morning, evening] = counts.get(world.nameOf(token))!;
      const off = [
        morning / usualOf(world, token, [120, 720]) - 1,
        evening / usualOf(world, token, [780, 1_380]) - 1,
      ];
      for (const one of off) expect(Math.abs(one), `token ${token}`).toBeLessThan(tolerance);
    }
  });

  test('the site has as many visits as a plain one, but for its noise', () => {
    const all = [...counts.values()].flat().reduce((sum, count) => sum + count, 0);
    const plain = [...countsOf(quietWorld({})).values()].flat();
    const ratio = all / plain.reduce((sum, count) => sum + count, 0);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
  });
});

test('trends are the same where people go on', () => {
  const planted = { trends: 10, days: 1 };
  const [plain, going] = [quietWorld(planted), quietWorld({ ...planted, goOn: 0.5 })];
  expect(going.trends).toEqual(plain.trends);
  for (const trend of plain.trends)
    expect(going.excess(trend, trend.start + 60)).toBe(plain.excess(trend, trend.start + 60));
});
