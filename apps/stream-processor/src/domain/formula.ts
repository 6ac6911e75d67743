import { canonicalJson } from './canonical-json.ts';

/** How tokens are scored: data, so that a board can name it exactly by the hash of its canonical text. */
export interface Formula {
  readonly id: string;
  readonly version: number;
  /** Whose code scores it; absent = that of its own id. */
  readonly base?: string;
  /** Integers only: weights and limits in micro where the name says so. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** The text whose SHA-256 names a formula on every board. */
export function formulaText(formula: Formula): string {
  const { id, version, base, parameters } = formula;
  return canonicalJson({ id, version, parameters, ...(base === undefined ? {} : { base }) });
}

/** Most viewed: plain and gameable, a control for the others. */
export const viewsFormula: Formula = { id: 'views', version: 1, parameters: { minViews: 1 } };

/**
 * Surprise: how far a token's effective visitors are above what is usual for it now. `floorVisitors` 0 = the window's own support
 * floor; the rest is named in `trendingScorer`.
 */
export const trendingFormula: Formula = {
  id: 'trending',
  version: 7,
  parameters: {
    cohortHours: 3,
    cohortTokensMin: 50,
    earlyWeightMicro: 1_000_000,
    expectedMinMicro: 250_000,
    floorVisitors: 0,
    horizonLossMicro: 0,
    horizonPhiMicro: 1_100_000,
    hourIndexMax: 8,
    integrityLeastMicro: 50_000,
    integrityToleranceMicro: 600_000,
    journeysToleranceMicro: 800_000,
    journeysUnprovenMicro: 50_000,
    lastingKeptMicro: 500_000,
    lastingMostMicro: 750_000,
    lastingSupportedMicro: 1_500_000,
    looksToleranceMicro: 1_000_000,
    looksUnprovenMicro: 80_000,
    phiHours: 48,
    phiUsualMicro: 100_000,
    supportShorterVisitors: 4,
    supportShortestVisitors: 1,
    supportVisitors: 13,
    weekIndexMax: 8,
  },
};

/** Views, change, freshness and uniqueness, blended: each term in points up to 100, weights sum to 1 000 000 micro. */
export const classicFormula: Formula = {
  id: 'classic',
  version: 1,
  parameters: {
    changeFloorViews: 20,
    changeMax: 4,
    changeMin: -1,
    changeWeightMicro: 350_000,
    freshWeightMicro: 150_000,
    minViews: 10,
    uniqueFloorViews: 10,
    uniqueWeightMicro: 150_000,
    viewsWeightMicro: 350_000,
  },
};
