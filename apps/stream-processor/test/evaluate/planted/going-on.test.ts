import { expect, test } from 'vitest';
import { arrivalsOf, visitsOfOne } from '../../../src/evaluate/planted/going-on.ts';
import { heightOf, later } from '../../../src/evaluate/planted/waves.ts';
import { firstNew, quietWorld, type SeenView, seenIn } from '../../support/planted-world.ts';

/** A newcomer's views, one list a visit: whoever goes on goes to another token. */
function visitsOf(views: readonly SeenView[]): SeenView[][] {
  const visits: SeenView[][] = [];
  for (const view of views.toSorted((a, b) => a.minute - b.minute)) {
    const last = visits.at(-1);
    if (last?.[0]?.token === view.token) last.push(view);
    else visits.push([view]);
  }
  return visits;
}

function newcomersOf(goOn: number): SeenView[][][] {
  const seen = [...seenIn(quietWorld({ goOn, days: 0.25 }))];
  const newcomers = Map.groupBy(
    seen.filter(({ viewer }) => viewer >= firstNew),
    ({ viewer }) => viewer,
  );
  // Who came in the last hour may not have gone on yet.
  return [...newcomers.values()].map(visitsOf).filter(([first]) => first![0]!.minute < 300);
}

test('a newcomer goes on with the chance of the settings, five times at most', () => {
  const counts = newcomersOf(0.5).map((visits) => visits.length);
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  expect(visitsOfOne(0.5)).toBe(1.96875);
  expect(mean).toBeCloseTo(1.96875, 1);
  expect(counts.filter((count) => count > 1).length / counts.length).toBeCloseTo(0.5, 1);
  expect(Math.max(...counts)).toBe(6);
});

test('whoever goes on keeps the network and comes one to six minutes after the last look', () => {
  const pauses: number[] = [];
  for (const visits of newcomersOf(0.5)) {
    expect(new Set(visits.flat().map(({ network }) => network)).size).toBe(1);
    for (const [index, visit] of visits.slice(1).entries())
      pauses.push(visit[0]!.minute - visits[index]!.at(-1)!.minute);
  }
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...pauses)).toBeLessThan(6);
  expect(pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length).toBeCloseTo(3.5, 1);
});

test('whoever goes on looks as often as whoever comes', () => {
  const later = newcomersOf(0.5).flatMap((visits) => visits.slice(1));
  expect(later.flat().length / later.length).toBeCloseTo(1.6, 1);
});

test('in a plain world no newcomer is seen twice', () => {
  expect(newcomersOf(0).every((visits) => visits.length === 1)).toBe(true);
});

test('those who go on arrive at the other tokens by their shares, and all of them arrive', () => {
  const direct = (mean: number) => ({ mean, sine: 0, cosine: 0 });
  const places = [
    { share: 0.5, direct: direct(100) },
    { share: 0.3, direct: direct(0) },
    { share: 0.2, direct: direct(0) },
  ];
  const means = (goOn: number) => arrivalsOf(places, goOn).map(({ mean }) => mean);
  // So rarely that hardly anybody goes on twice: three of five to the second token.
  const [first, second, third] = means(1e-6) as [number, number, number];
  expect(first).toBeLessThan(1e-9);
  expect(second).toBeCloseTo(6e-5, 9);
  expect(third).toBeCloseTo(4e-5, 9);
  for (const goOn of [0.5, 1])
    expect(means(goOn).reduce((sum, mean) => sum + mean, 0)).toBeCloseTo(
      100 * (visitsOfOne(goOn) - 1),
    );
});

test('a later wave is as high as the wave was before', () => {
  const wave = { mean: 5, sine: 2, cosine: -1 };
  for (const minute of [0, 100, 777])
    expect(heightOf(later(wave, 40), minute)).toBeCloseTo(heightOf(wave, minute - 40));
});
