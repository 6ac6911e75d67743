import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopesShippedMax } from '../../src/domain/board-size.ts';
import type { FoldedView } from '../../src/domain/folded-view.ts';
import { levelOf, windowLevels } from '../../src/domain/window-level.ts';
import { ViewCountStore } from '../../src/state/view-count-store.ts';
import { naiveBoard, naiveCounts, naiveHorizons } from '../support/naive-counts.ts';
import { viewOf } from '../support/views.ts';

const start = 1_700_000_000_000;
const hour = 3_600_000;
const noCategories = () => [];

/** Few tokens, viewers, networks and ages, so that they meet in the same panes; from ahead of now to beyond the horizon. */
const arbitraryView = fc.record({
  token: fc.constantFrom('eth:0xa', 'eth:0xb', 'sol:C'),
  viewer: fc.integer({ min: 1, max: 4 }),
  network: fc.integer({ min: 1, max: 3 }),
  weightMicro: fc.constantFrom(0, 250_000, 1_000_000, 1_000_000),
  age: fc.oneof(
    fc.constantFrom(-60_000, 0, 3_000, 12_000, 25_000, 70_000, 290_000, 310_000),
    fc.constantFrom(hour / 2, hour, hour + 40_000, 2 * hour, 6 * hour, 24 * hour, 47 * hour),
    fc.integer({ min: -60_000, max: 50 * hour }),
  ),
});
const arbitraryAdvance = fc.oneof(
  fc.constantFrom(10_000, 60_000, 5 * 60_000, 10 * 60_000, 62 * 60_000, 370 * 60_000, 25 * hour),
  fc.integer({ min: 0, max: 30 * hour }),
);
const arbitrarySteps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: arbitraryView },
    { weight: 1, arbitrary: arbitraryAdvance.map((advance) => ({ advance })) },
  ),
  { maxLength: 80, size: 'max' },
);

describe('view count store', () => {
  it('ships a bounded number of scopes, the most viewed, however many chains are viewed', () => {
    const store = new ViewCountStore(start, { categoriesOf: noCategories });
    const chains = Array.from({ length: 1_000 }, (_, n) => `chain-${n}`);
    for (const [n, chain] of chains.entries())
      for (let view = 0; view <= (n === 700 ? 1 : 0); view += 1)
        store.add(viewOf({ token: `${chain}:0xa`, viewer: view, at: start }));
    for (const level of windowLevels) {
      const totals = store.totals(level);
      expect(totals).toHaveLength(1 + scopesShippedMax);
      expect(totals.map(({ scope }) => scope)).toEqual(
        expect.arrayContaining(['all', 'chain:chain-700']),
      );
      expect(totals.find(({ scope }) => scope === 'all')?.tokens).toBe(1_000);
      expect(store.candidates(level).length).toBeLessThanOrEqual(200 + scopesShippedMax);
    }
    store.advance(start + 50 * hour);
    expect(store.totals(windowLevels[0]!)).toHaveLength(1);
  });

  it('equals a recount of all views after any views and any moves of time', () => {
    fc.assert(
      fc.property(arbitrarySteps, (steps) => {
        let asOf = start;
        const store = new ViewCountStore(asOf, { categoriesOf: noCategories });
        const views: FoldedView[] = [];
        for (const step of steps) {
          if ('advance' in step) {
            asOf += step.advance;
            store.advance(asOf);
            expectNaive(store, views, asOf);
          } else {
            const view = viewOf({ ...step, at: asOf - step.age });
            views.push(view);
            store.add(view);
          }
        }
        expectNaive(store, views, asOf);
      }),
      { numRuns: 120 },
    );
  });

  it('is the same by every path of time to the same moment and by every order of the views', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryView, { maxLength: 40, size: 'max' }),
        fc.infiniteStream(fc.nat(40)),
        (specs, picks) => {
          const views = specs.map((spec) => viewOf({ ...spec, at: start - spec.age }));
          const straight = new ViewCountStore(start, { categoriesOf: noCategories });
          for (const view of views) straight.add(view);
          const crooked = new ViewCountStore(start - 60 * hour, { categoriesOf: noCategories });
          const rest = [...views];
          for (let i = 0; rest.length > 0; i += 1) {
            const pick = picks.next().value ?? 0;
            crooked.add(rest.splice(pick % rest.length, 1)[0] as FoldedView);
            if (i % 7 === 6) crooked.advance(start - 60 * hour + i * hour);
          }
          crooked.advance(start);
          for (const level of windowLevels) {
            expect(crooked.candidates(level)).toEqual(straight.candidates(level));
            expect(crooked.totals(level)).toEqual(straight.totals(level));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('follows the categories of its tokens at any moment', () => {
    const categories = fc.record({
      token: fc.constantFrom('eth:0xa', 'eth:0xb', 'sol:C'),
      categories: fc.subarray(['defi', 'meme', 'rwa']),
    });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(arbitraryView, categories), { maxLength: 40, size: 'max' }),
        (steps) => {
          const known = new Map<string, readonly string[]>();
          const categoriesOf = (token: string) => known.get(token) ?? [];
          const store = new ViewCountStore(start, { categoriesOf });
          const views: FoldedView[] = [];
          const level = levelOf('1h');
          for (const step of steps) {
            if ('categories' in step) {
              known.set(step.token, step.categories);
              store.recategorise(step.token);
            } else {
              const view = viewOf({ ...step, at: start - step.age });
              views.push(view);
              store.add(view);
            }
            const naive = naiveBoard(views, { level, asOf: start, top: 200, categoriesOf });
            expect(store.totals(level)).toEqual(naive.totals);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('forgets a token 48 hours and a pane after its last view, and all that belongs to it', () => {
    const store = new ViewCountStore(start, { categoriesOf: noCategories });
    for (let viewer = 0; viewer < 100; viewer += 1)
      store.add(viewOf({ viewer, network: viewer % 10, at: start }));
    expect(store.sizes()).toMatchObject({ tokens: 1, viewers: 100 });
    store.advance(start + 25 * hour);
    expect(store.sizes()).toMatchObject({ tokens: 1, viewers: 0 });
    store.advance(start + 50 * hour);
    expect(store.sizes()).toEqual({
      ...{ tokens: 0, cells: 0, viewers: 0, untracked: 0 },
      ...{ looseJourneys: 0, refusedJourneys: 0 },
    });
  });

  it('tells what the cap of a network took away, window by window, until its visitors leave', () => {
    const store = new ViewCountStore(start, { categoriesOf: noCategories });
    for (let viewer = 0; viewer < 10; viewer += 1)
      store.add(viewOf({ viewer, network: 1, weightMicro: 500_000, at: start }));
    const capped = () =>
      windowLevels.map((level) => store.featuresOf(level, 'eth:0xa')?.capped ?? 0);
    expect(capped()).toEqual([3_000_000, 1_000_000, 0, 0]);
    store.add(viewOf({ viewer: 10, network: 1, at: start }));
    expect(capped()).toEqual([4_000_000, 2_000_000, 0, 0]);
    store.advance(start + 2 * hour);
    expect(capped()).toEqual([0, 0, 0, 0]);
  });

  it('names the start of the oldest hour with views as first seen', () => {
    const store = new ViewCountStore(start, { categoriesOf: noCategories });
    store.add(viewOf({ at: start - 30 * hour }));
    store.add(viewOf({ at: start }));
    const firstSeenAt = Math.floor((start - 30 * hour) / hour) * hour;
    expect(store.featuresOf(levelOf('5m'), 'eth:0xa')).toMatchObject({ firstSeenAt });
  });
});

function expectNaive(store: ViewCountStore, views: readonly FoldedView[], asOf: number): void {
  for (const level of windowLevels) {
    const naive = naiveBoard(views, { level, asOf, top: 200, categoriesOf: noCategories });
    expect(store.totals(level)).toEqual(naive.totals);
    const sum = (of: (counts: (typeof naive.tokens)[0]) => number) =>
      naive.tokens.reduce((all, counts) => all + of(counts), 0);
    expect(store.site(level)).toMatchObject({
      visitors: sum(({ visitors }) => visitors),
      returners: sum(({ returners }) => returners),
    });
    const candidates = store.candidates(level);
    expect(candidates.map(({ token }) => token)).toEqual(naive.shipped);
    for (const candidate of candidates) {
      const own = views.filter(({ token }) => token === candidate.token);
      expect(candidate).toMatchObject(naiveCounts(own, level, asOf));
      expect(candidate).toMatchObject(naiveHorizons(own, level, asOf));
      expect(candidate.sparkline.reduce((a, b) => a + b, 0)).toBe(candidate.views);
    }
  }
}
