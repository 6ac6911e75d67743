import { beforeAll, describe, expect, test } from 'vitest';
import type { RankFormula } from '../../src/domain/board.ts';
import { trendingFormula } from '../../src/domain/formula.ts';
import { Evaluation } from '../../src/evaluate/evaluation.ts';
import { baselines } from '../../src/evaluate/planted/baselines.ts';
import { Judge, type PlantedResult } from '../../src/evaluate/planted/judge.ts';
import { World } from '../../src/evaluate/planted/world.ts';
import type { WorldSettings } from '../../src/evaluate/planted/world-settings.ts';
import { rankFormulaOf, rankFormulas } from '../../src/tasks/rank-formulas.ts';

/**
 * A day and a quarter, the last half day of it judged: `npm run eval` in small. One world, so every figure is the same on every machine
 * until the ranking changes; the thresholds lie just beyond what it measures (docs/evaluate.md has them for five worlds).
 */
const small = { seed: 11, tokens: 1_500, days: 1.25, judgedFrom: 0.75, trends: 37 };
const trending = rankFormulaOf(trendingFormula);

type Formulas = readonly [RankFormula, ...RankFormula[]];

function judged(
  planted: Pick<WorldSettings, 'attacks' | 'attackSet' | 'goOn'>,
  formulas: Formulas,
): Map<string, PlantedResult> {
  const world = new World({ ...small, ...planted });
  const judges = formulas.map(() => new Judge(world));
  const evaluation = new Evaluation({
    formulas,
    window: '1h',
    everyMs: 300_000,
    partitions: 3,
    alarms: false,
  });
  for (const event of world.views())
    for (const { asOf, boards } of evaluation.add(event))
      for (const [index, judge] of judges.entries()) judge.look(asOf, boards[index] ?? []);
  return new Map(formulas.map(({ ref }, index) => [ref.id, judges[index]!.result()]));
}

test('planted trends are found by trending, early and nearly all', () => {
  const { precision, ndcg, medianMinutes } = judged({ attacks: 0 }, [trending]).get('trending')!;
  expect(precision).toBeGreaterThan(0.955);
  expect(ndcg).toBeGreaterThan(0.939);
  expect(medianMinutes).toBeLessThanOrEqual(20);
});

describe('planted trends under attack', () => {
  let results: Map<string, PlantedResult>;

  beforeAll(() => {
    const others = rankFormulas.filter(({ ref }) => ref.id !== 'trending');
    results = judged({ attacks: 8 }, [trending, ...others, ...baselines]);
  });

  test('are found by trending, early and nearly all', () => {
    const { precision, ndcg, medianMinutes } = results.get('trending')!;
    expect(precision).toBeGreaterThan(0.965);
    expect(ndcg).toBeGreaterThan(0.935);
    expect(medianMinutes).toBeLessThanOrEqual(21);
  });

  test('are not drowned by bought visitors', () => {
    const { attacked } = results.get('trending')!;
    expect(attacked['one client']).toBeLessThan(0.01);
    // Even where views alone count, one client's are mostly double clicks.
    expect(results.get('views')!.attacked['one client']).toBeLessThan(0.01);
    expect(attacked['3 networks']).toBeLessThan(0.01);
    expect(attacked['30 networks']).toBeLessThan(0.01);
    expect(attacked['all distinct']).toBeLessThan(0.06);
    expect(attacked['beside a repeater']).toBeLessThan(0.19);
  });

  test('are found better than by any formula that others use', () => {
    const { precision } = results.get('trending')!;
    for (const id of ['views', 'classic', 'rate', 'z-score', 'mastodon'])
      expect(precision, id).toBeGreaterThan(results.get(id)!.precision + 0.1);
  });
});

describe('planted trends among made-up people, where people go on to other tokens', () => {
  let results: Map<string, PlantedResult>;

  beforeAll(() => {
    const parameters = { ...trendingFormula.parameters, journeysUnprovenMicro: 1_000_000 };
    const unfollowed = { ...trendingFormula, id: 'unfollowed', base: 'trending', parameters };
    const planted = { attacks: 8, attackSet: 'people', goOn: 0.5 } as const;
    results = judged(planted, [trending, rankFormulaOf(unfollowed)]);
  });

  test('are found, and by far not so well without a look at who goes on', () => {
    const { precision, medianMinutes, attacked } = results.get('trending')!;
    expect(precision).toBeGreaterThan(results.get('unfollowed')!.precision + 0.35);
    expect(precision).toBeGreaterThan(0.97);
    expect(medianMinutes).toBeLessThanOrEqual(21);
    expect(attacked['people once']).toBeLessThan(0.01);
    expect(attacked['people']).toBeLessThan(0.03);
    expect(attacked['people slow']).toBeLessThan(0.06);
    // 0.086 by `trending@6`; the mean of five worlds is 0.051 instead of 0.046 (docs/evaluate.md).
    expect(attacked['people in waves']).toBeLessThan(0.11);
    expect(attacked['people in sessions']).toBeLessThan(0.05);
    expect(attacked['people who warm up']).toBeLessThan(0.09);
  });
});
