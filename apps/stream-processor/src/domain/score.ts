import type { Contribution } from '@trending/schemas';
import { classicFormula, type Formula, viewsFormula } from './formula.ts';
import type { Features, Scorer, SiteTotals } from './scorer.ts';
import { trendingScorer } from './trending-score.ts';

const micro = 1_000_000;
const scorers: Readonly<Record<string, (formula: Formula) => Scorer>> = {
  views: viewsScorer,
  classic: classicScorer,
  trending: trendingScorer,
};

/** @throws RangeError when no code knows the formula's base. */
export function scorerOf(formula: Formula): Scorer {
  const base = formula.base ?? formula.id;
  const make = scorers[base];
  if (make === undefined)
    throw new RangeError(`no formula ${base}: known are ${Object.keys(scorers).sort().join(', ')}`);
  return make(formula);
}

/** The score of one token: the integer sum of its parts. */
export function scoreOf(scorer: Scorer, features: Features, totals: SiteTotals): number {
  let sum = 0;
  for (const part of scorer.parts(features, totals)) sum += part;
  return sum;
}

/** Named parts of a score; zero parts stay, so readers see every term of the formula. */
export function contributionsOf(
  scorer: Scorer,
  features: Features,
  totals: SiteTotals,
): readonly Contribution[] {
  const parts = scorer.parts(features, totals);
  return scorer.partNames.map((name, index) => ({ name, micro: parts[index] ?? 0 }));
}

function viewsScorer({ parameters }: Formula): Scorer {
  const minViews = parameter(parameters, 'minViews', viewsFormula);
  return {
    partNames: ['views'],
    least: () => ({ views: minViews, effective: 0 }),
    most: (views) => views * micro,
    isEligible: ({ views }) => views >= minViews,
    parts: ({ views }) => [views * micro],
  };
}

/**
 * Only + − × ÷, in this order, then one floor a term: the same bits on every machine.
 * Half of the view points are reached at the site's average token; change is bounded, so a tiny base cannot explode.
 */
function classicScorer({ parameters }: Formula): Scorer {
  const of = (name: string) => parameter(parameters, name, classicFormula);
  const [minViews, changeFloor, uniqueFloor] = [
    of('minViews'),
    of('changeFloorViews'),
    of('uniqueFloorViews'),
  ];
  const [changeMin, changeMax] = [of('changeMin'), of('changeMax')];
  const [viewsWeight, changeWeight] = [of('viewsWeightMicro'), of('changeWeightMicro')];
  const [freshWeight, uniqueWeight] = [of('freshWeightMicro'), of('uniqueWeightMicro')];
  return {
    partNames: ['views', 'change', 'fresh', 'unique'],
    least: () => ({ views: minViews, effective: 0 }),
    isEligible: ({ views }) => views >= minViews && views > 0,
    parts({ views, viewsPrev, freshSum, effective }, totals) {
      const average = totals.tokens > 0 ? totals.views / totals.tokens : 0;
      const ratio = (views - viewsPrev) / Math.max(viewsPrev, changeFloor);
      const volume = (100 * views) / (views + average);
      const change = 25 * Math.min(changeMax, Math.max(changeMin, ratio));
      const fresh = (100 * freshSum) / micro / views;
      const unique = (100 * effective) / micro / (views + uniqueFloor);
      return [
        floored(volume * viewsWeight),
        floored(change * changeWeight),
        floored(fresh * freshWeight),
        floored(unique * uniqueWeight),
      ];
    },
  };
}

/** Adding 0 turns −0 into 0, which no encoding keeps apart. */
function floored(value: number): number {
  return Math.floor(value) + 0;
}

function parameter(given: Formula['parameters'], name: string, fallback: Formula): number {
  return given[name] ?? fallback.parameters[name] ?? 0;
}
