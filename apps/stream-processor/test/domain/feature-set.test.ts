import { type Candidate, type FeatureSet, windows } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  candidateOfRow,
  featureRows,
  type StoredCandidate,
} from '../../src/domain/feature-rows.ts';
import { RankState } from '../../src/domain/rank-state.ts';
import { Rescored } from '../../src/domain/rescore.ts';
import { rankFormulaOf, rankFormulas } from '../../src/tasks/rank-formulas.ts';
import { formulaRecord, suppressRecord, tableOf } from '../support/control-words.ts';
import { boardOf, candidateOf, setOf, setsOf, sites } from '../support/rank-fixtures.ts';

const [, window = windows[0]!] = windows;
const origin = { topic: 'token.features.v1', partition: 0, offset: 7 };
const words = tableOf([
  formulaRecord('classic', { parameters: { minViews: 3, uniqueFloorViews: 2 } }),
  suppressRecord('eth:a'),
]);

function rankOf(partitions: number) {
  const settings = { formulas: rankFormulas, rules: words, partitions, startedAt: 0, epoch: 4 };
  return new RankState({ ...settings, withFeatures: true });
}

/** Through the table and back, as ClickHouse gives rows: columns that were not given are empty. */
function restored(set: FeatureSet): Candidate[] {
  return featureRows(set, origin)
    .slice(1)
    .map((row) => candidateOfRow({ extra: '', ...row } as unknown as StoredCandidate));
}

describe('features of a minute', () => {
  test('scored again by the formulas in force are the boards that were served', () => {
    fc.assert(
      fc.property(sites(60), (site) => {
        const state = rankOf(4);
        for (const set of setsOf(site, 4)) state.accept(set, 0);
        const changes = state.changes({ window: '1h', all: true, scopes: true });
        const [set] = state.takeFeatures();
        if (set === undefined) throw new Error('no features');
        const again = { ...set, items: restored(set) };
        const scopes = changes.flatMap(({ ranking }) => (ranking ? [ranking.scope] : []));
        const past = new Rescored(again, window, [...new Set(scopes)]);
        for (const { ranking } of changes) {
          if (ranking === null || ranking.scope === 'suspected') continue;
          const text = set.formulas.find((one) => JSON.parse(one).id === ranking.formula.id);
          const formula = rankFormulaOf(JSON.parse(text ?? ''));
          expect(formula.ref).toEqual(ranking.formula);
          const served = ranking.items.map(({ token, scoreMicro }) => [token, scoreMicro]);
          const scored = past
            .board(formula, ranking.scope)
            .map(({ candidate, scoreMicro }) => [candidate.token, scoreMicro]);
          expect(scored).toEqual(served);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('are gathered once a window and minute, with the boards over everything', () => {
    const state = rankOf(1);
    const look = (asOf: number, given: { window?: '1h' | '5m'; all?: boolean } = {}) => {
      const { window = '1h', all = true } = given;
      const items = [candidateOf('eth:b')];
      state.accept(setOf({ window, asOf, inputOffset: asOf, items }), asOf);
      for (const { key, ranking } of state.changes({ window, all, scopes: true }))
        state.hold(key, ranking && boardOf(ranking));
      return state.takeFeatures().map(({ window, asOf, epoch }) => [window, asOf, epoch]);
    };
    expect(look(60_000)).toEqual([['1h', 60_000, 4]]);
    expect(look(119_999)).toEqual([]);
    expect(look(110_000, { window: '5m' })).toEqual([['5m', 110_000, 4]]);
    expect(look(120_001, { all: false })).toEqual([]);
    expect(look(120_002)).toEqual([['1h', 120_002, 4]]);
  });

  test('say what is held, what could have been listed, and the totals of all', () => {
    const state = rankOf(1);
    state.accept(setOf({ items: [candidateOf('eth:a'), candidateOf('eth:b')] }), 0);
    state.changes({ window: '1h', all: true, scopes: false });
    expect(state.takeFeatures()).toMatchObject([
      { held: ['eth:a'], candidates: 2, controlOffset: 2, totals: { tokens: 2, views: 40 } },
    ]);
  });

  test('keep what stands on the floor, what is viewed most and what is placed, and no more', () => {
    const small = Array.from({ length: 2_000 }, (_, index) =>
      candidateOf(`eth:${index}`, { views: 1 + (index % 7), effective: 1_000_000 }),
    );
    const quiet = candidateOf('sol:quiet', { views: 1, effective: 9_000_000_000 });
    const state = rankOf(1);
    state.accept(setOf({ items: [...small, quiet] }), 0);
    state.changes({ window: '1h', all: true, scopes: false });
    const [set] = state.takeFeatures();
    expect(set?.candidates).toBe(2_001);
    expect(set?.items.map(({ token }) => token)).toContain('sol:quiet');
    expect(set?.items.length).toBeLessThanOrEqual(300 + 3 * 100 + 1);
    expect(set?.items.length).toBeGreaterThanOrEqual(100);
  });
});

describe('rows of features', () => {
  const set: FeatureSet = {
    ...{ window: '1h', epoch: 4, asOf: 3_661_000, controlOffset: 2, cut: [], formulas: ['{}'] },
    ...{ held: ['eth:b'], candidates: 9, totals: { tokens: 8, views: 70, effective: 6 } },
    site: {
      histH: 1,
      sameHour: 2,
      horizons: [3],
      cohorts: [],
      ratios: [],
      visitors: 0,
      returners: 0,
      horizonVisitors: [4],
      horizonReturners: [5],
      came: [6],
      went: [7],
      further: [8],
      hours: 0,
      sources: [],
      countries: [],
    },
    items: [candidateOf('eth:b', { firstSeenAt: 5, categories: ['meme'] })],
  };

  test('are one for the site and one a token, all of one record and minute', () => {
    const [site, token, ...others] = featureRows(set, origin);
    expect(others).toEqual([]);
    expect(site).toMatchObject({
      token: '',
      _offset: 7,
      minute: 3_660,
      views: 70,
      formulas: ['{}'],
    });
    expect(JSON.parse(String(site?.['site']))).toMatchObject({
      tokens: 8,
      candidates: 9,
      histH: 1,
    });
    expect(token).toMatchObject({ token: 'eth:b', held: 1, minute: 3_660, as_of: 3_661_000 });
    expect(token).not.toHaveProperty('extra');
  });

  test('carry features that have no column of their own, and give them back', () => {
    const [item] = set.items;
    const future = { ...item, known: 7, burst: { z: 5 } } as unknown as Candidate;
    expect(restored({ ...set, items: [future] })).toEqual([future].map(withoutSparkline));
    expect(restored(set)).toEqual(set.items.map(withoutSparkline));
  });
});

function withoutSparkline(candidate: Candidate): Candidate {
  return { ...candidate, sparkline: [] };
}
