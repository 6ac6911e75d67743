import { beforeAll, describe, expect, test } from 'vitest';
import type { RankFormula } from '../../src/domain/board.ts';
import { Evaluation } from '../../src/evaluate/evaluation.ts';
import { baselines } from '../../src/evaluate/planted/baselines.ts';
import { Judge, type PlantedResult } from '../../src/evaluate/planted/judge.ts';
import { World } from '../../src/evaluate/planted/world.ts';
import { rankFormulas } from '../../src/tasks/rank-formulas.ts';

/** Three quarters of a day, the second half of it judged: `npm run eval` in small. */
const settings = {
  seed: 11,
  tokens: 400,
  days: 0.75,
  judgedFrom: 0.375,
  trends: 28,
  attacks: 6,
};

function judged(formulas: [RankFormula, ...RankFormula[]]): Map<string, PlantedResult> {
  const world = new World(settings);
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

describe('planted trends under attack', () => {
  let results: Map<string, PlantedResult>;

  beforeAll(() => {
    const [first, ...others] = rankFormulas;
    results = judged([first!, ...others, ...baselines]);
  });

  test('are found by trending, early and nearly all', () => {
    const { precision, medianMinutes } = results.get('trending')!;
    expect(precision).toBeGreaterThan(0.85);
    expect(medianMinutes).toBeLessThanOrEqual(30);
  });

  test('are not drowned by bought visitors', () => {
    const { attacked } = results.get('trending')!;
    expect(attacked['one client']).toBeLessThan(0.05);
    expect(attacked['3 networks']).toBeLessThan(0.05);
    expect(attacked['30 networks']).toBeLessThan(0.1);
    expect(attacked['all distinct']).toBeLessThan(0.3);
  });

  test('are found better than by any formula that others use', () => {
    const { precision } = results.get('trending')!;
    for (const id of ['views', 'classic', 'rate', 'z-score', 'mastodon'])
      expect(precision, id).toBeGreaterThan(results.get(id)!.precision + 0.1);
  });
});
