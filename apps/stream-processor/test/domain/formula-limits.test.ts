import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  builtInFormulas,
  checkedParameters,
  limitsOfParameter,
} from '../../src/domain/formula-limits.ts';
import { scoreOf, scorerOf } from '../../src/domain/score.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const problemOf = (base: string, given: unknown) => {
  const checked = checkedParameters(base, given);
  return checked.ok ? '' : checked.problem;
};

describe.each(builtInFormulas.map((formula) => [formula.id, formula] as const))(
  'parameters of %s',
  (id, formula) => {
    test('default to the built-in ones, which are within their own limits', () => {
      expect(checkedParameters(id, {})).toEqual({ ok: true, parameters: formula.parameters });
      expect(checkedParameters(id, formula.parameters).ok).toBe(true);
    });

    test('are refused one step outside either limit', () => {
      for (const name of Object.keys(formula.parameters)) {
        const [least, greatest] = limitsOfParameter(id, name);
        expect(problemOf(id, { [name]: least - 1 })).toContain(name);
        expect(problemOf(id, { [name]: greatest + 1 })).toContain(name);
      }
    });

    test('anywhere within their limits give a finite score', () => {
      const values = fc.record(
        Object.fromEntries(
          Object.keys(formula.parameters).map((name) => {
            const [min, max] = limitsOfParameter(id, name);
            return [name, fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }))];
          }),
        ),
      );
      const site = { tokens: 3, views: 90, effective: 60_000_000 };
      const features = fc.record({ views: fc.integer({ min: 1, max: 99 }), visitors: fc.nat(9) });
      fc.assert(
        fc.property(values, features, (parameters, given) => {
          const scorer = scorerOf({ id, version: 1, parameters });
          const score = scoreOf(scorer, candidateOf('eth:a', given), site);
          expect(Number.isSafeInteger(score)).toBe(true);
        }),
        { numRuns: 50 },
      );
    });
  },
);

describe('parameters', () => {
  test.each([
    ['of a formula nobody knows', 'nope', {}, /no formula "nope" to build on/],
    ['with an unknown name', 'views', { minView: 3 }, /no parameter "minView": known are minViews/],
    ['that are no integer', 'views', { minViews: 1.5 }, /minViews must be an integer/],
    ['that are text', 'views', { minViews: '3' }, /minViews must be an integer/],
    ['in a list', 'views', [], /must be an object/],
    ['that are nothing', 'views', null, /must be an object/],
    ['named like an object’s own', 'views', { constructor: 1 }, /no parameter "constructor"/],
    ['whose weights miss the whole', 'classic', { viewsWeightMicro: 1 }, /it must be 1000000/],
  ] as const)('%s are refused', (...[, base, given, problem]) => {
    expect(problemOf(base, given)).toMatch(problem);
  });

  test('that are wrong are all named at once', () => {
    const problem = problemOf('trending', { supportVisitors: -1, bogus: 2 });
    expect(problem).toContain('supportVisitors');
    expect(problem).toContain('bogus');
  });
});
