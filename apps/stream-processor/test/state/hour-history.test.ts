import { describe, expect, it } from 'vitest';
import { UsualShare } from '../../src/domain/expectation.ts';
import { trendingFormula } from '../../src/domain/formula.ts';
import { trendingRulesOf } from '../../src/domain/trending-rules.ts';
import { levelOf, longestLevel, windowLevels } from '../../src/domain/window-level.ts';
import { PaneCells } from '../../src/state/pane-cells.ts';
import { ViewCountStore } from '../../src/state/view-count-store.ts';
import { viewOf } from '../support/views.ts';

const hour = 3_600_000;
const minute = 60_000;
const start = Date.UTC(2026, 0, 5);
const { shrink } = trendingRulesOf(trendingFormula);

/** So many views of a token within the hour that begins at `at`. */
interface Hour {
  readonly token: string;
  readonly at: number;
  readonly views: number;
}

function storeOf(hours: readonly Hour[], asOf: number): ViewCountStore {
  const store = new ViewCountStore(start, { categoriesOf: () => [] });
  for (const { token, at, views } of hours) {
    store.advance(Math.max(store.asOf, Math.min(asOf, at)));
    for (let i = 0; i < views; i += 1) store.add(viewOf({ token, viewer: i, at }));
  }
  store.advance(asOf);
  return store;
}

/** A site of ten even tokens, and one that had another number of views in the hours given. */
function site(of: number, views: (at: number) => number): Hour[] {
  return Array.from({ length: of }, (_, index) => start + index * hour).flatMap((at) => [
    ...Array.from({ length: 10 }, (_, n) => ({ token: `eth:0x${n}`, at, views: 20 })),
    { token: 'eth:own', at, views: views(at) },
  ]);
}

/** Visitors to expect of `eth:own` where the whole site has a thousand. */
function expectedOf(store: ViewCountStore, window: '1h' | '6h' | '24h'): number {
  const level = levelOf(window);
  const features = store.featuresOf(level, 'eth:own');
  if (features === undefined) throw new Error('eth:own is not in memory');
  const sums = { tokens: 11, views: 0, effective: 0, site: store.site(level) };
  return new UsualShare(features, sums, shrink).expected(1_000_000_000, 0, 0);
}

describe('the past of a token', () => {
  it.each(['1h', '6h', '24h'] as const)(
    'changes what is usual by less than a thirtieth a minute as a loud hour enters and leaves it, %s',
    (window) => {
      const loud = start + 10 * hour;
      const hours = site(60, (at) => (at === loud ? 400 : 20));
      const store = new ViewCountStore(start, { categoriesOf: () => [] });
      let [next, before, most, peak] = [0, Number.NaN, 0, 0];
      for (let asOf = start + 10 * hour; asOf < start + 60 * hour; asOf += minute) {
        for (; (hours[next]?.at ?? asOf) < asOf; next += 1)
          for (let i = 0; i < (hours[next]?.views ?? 0); i += 1) {
            const { token = '', at = 0 } = hours[next] ?? {};
            store.add(viewOf({ token, viewer: i, at }));
          }
        store.advance(asOf);
        const isEdge = asOf % hour <= minute || asOf % hour === hour - minute;
        if (!isEdge && asOf % (10 * minute) !== 0) {
          before = Number.NaN;
          continue;
        }
        const expected = expectedOf(store, window);
        const change = Math.abs(expected - before) / Math.min(expected, before);
        if (change > most) most = change;
        peak = Math.max(peak, expected);
        before = expected;
      }
      expect(peak).toBeGreaterThan(1.1 * 91);
      expect(most).toBeLessThan(1 / 30);
    },
  );

  it('has of a loud hour hardly more than twice what is usual: a trend does not hide the next one', () => {
    const loud = start + 40 * hour;
    const pastOf = (views: number) => {
      const hours = site(50, (at) => (at === loud ? views : 20));
      return storeOf(hours, start + 50 * hour).featuresOf(levelOf('1h'), 'eth:own')?.histH ?? 0;
    };
    const quiet = pastOf(20);
    expect(pastOf(40) / quiet).toBeGreaterThan(1.02);
    expect(pastOf(4_000) / quiet).toBeLessThan(1.3);
    expect(pastOf(8_000)).toBeGreaterThanOrEqual(pastOf(4_000));
  });

  it('begins in part: a young token’s own word grows minute by minute', () => {
    const at = start + 30 * hour;
    const of = (asOf: number) => {
      const hours = [...site(30, () => 0), { token: 'eth:own', at, views: 40 }];
      return storeOf(hours, asOf).featuresOf(levelOf('1h'), 'eth:own')?.histMinutes;
    };
    expect(of(at + 5 * hour)).toBe(0);
    expect(of(at + 5 * hour + 15 * minute)).toBe(15);
    expect(of(at + 6 * hour)).toBe(60);
  });

  it('adds up to the site’s past in every minute, also with late views', () => {
    const hours = site(50, (at) => (at / hour) % 7);
    const late = { token: 'eth:0x3', at: start + 40 * hour, views: 9 };
    const early = { token: 'eth:new', at: start + 47 * hour, views: 2 };
    for (const asOf of [50 * hour, 50 * hour + 17 * minute, 50 * hour + 59.9 * minute]) {
      const store = storeOf(hours, start + asOf);
      for (const { name } of windowLevels) store.site(levelOf(name));
      for (const { token, at, views } of [late, early])
        for (let i = 0; i < views; i += 1) store.add(viewOf({ token, viewer: 900 + i, at }));
      for (const level of windowLevels) {
        const names = ['eth:own', 'eth:new', ...Array.from({ length: 10 }, (_, n) => `eth:0x${n}`)];
        const tokens = names.map((name) => store.featuresOf(level, name));
        const { histH, cohorts } = store.site(level);
        expect(histH).toBe(tokens.reduce((sum, token) => sum + (token?.histH ?? 0), 0));
        expect(cohorts.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(names.length);
      }
    }
  });

  it('is summed again for late views only where a window looks back to them, or a token becomes older', () => {
    const cells = new PaneCells(longestLevel, start + 40 * hour);
    cells.reserve(100);
    const changes = (token: number, hoursAgo: number) => {
      const before = cells.pastVersion;
      cells.add(token, start + (40 - hoursAgo) * hour);
      return cells.pastVersion !== before;
    };
    expect(changes(1, 0)).toBe(false);
    expect(changes(1, 3)).toBe(true);
    expect(changes(1, 3)).toBe(false);
    expect(changes(1, 2)).toBe(false);
    expect(changes(1, 4)).toBe(true);
    expect(changes(1, 4)).toBe(false);
    expect(changes(1, 5)).toBe(true);
    expect(changes(1, 5)).toBe(true);
    expect(changes(2, 1)).toBe(true);
  });

  it('is that of an old token where metadata say so, as soon as they do', () => {
    const asOf = start + 30 * hour;
    const born = new Map<string, number>();
    const known = { categoriesOf: () => [], createdAtOf: (token: string) => born.get(token) };
    const store = new ViewCountStore(asOf, known);
    for (const token of ['eth:a', 'eth:b'])
      store.add(viewOf({ token, at: asOf - 7 * hour, viewer: 1 }));
    const seenAt = asOf - 7 * hour;
    const level = levelOf('1h');
    const ages = () => ['eth:a', 'eth:b'].map((token) => store.featuresOf(level, token)?.cohort);
    const names = () => store.site(level).cohorts.map(({ name }) => name);
    expect([ages(), names()]).toEqual([['eth/young', 'eth/young'], ['eth/young']]);
    expect(store.featuresOf(level, 'eth:a')?.firstSeenAt).toBe(seenAt);
    const before = store.version(level);
    born.set('eth:a', start - 900 * hour);
    store.recategorise('eth:a');
    expect(store.version(level)).not.toBe(before);
    expect([ages(), names()]).toEqual([
      ['eth/old', 'eth/young'],
      ['eth/old', 'eth/young'],
    ]);
    expect(store.featuresOf(level, 'eth:a')?.firstSeenAt).toBe(start - 900 * hour);
    // Metadata that call a token younger than its first view are of another one, or wrong.
    born.set('eth:b', asOf);
    store.recategorise('eth:b');
    expect(store.featuresOf(level, 'eth:b')?.firstSeenAt).toBe(seenAt);
  });
});
