import type { ShrinkRules } from './expectation.ts';
import type { Formula } from './formula.ts';
import type { JourneyRules } from './journey-support.ts';
import type { LastingRules } from './lasting-visitors.ts';
import type { LookRules } from './look-support.ts';

const micro = 1_000_000;

/** The parameters of `trending`, in the units it computes with. */
export interface TrendingRules {
  readonly shrink: ShrinkRules;
  readonly phi: { readonly usual: number; readonly weight: number };
  readonly integrity: { readonly tolerance: number; readonly least: number };
  readonly looks: LookRules;
  readonly journeys: JourneyRules;
  readonly lasting: LastingRules;
  /** Visitors with which half of a surprise is trusted: in the window, and in its first and second shorter period. */
  readonly support: readonly [number, number, number];
  /** Weight of a shorter period that is ahead, micro. */
  readonly earlyWeight: number;
  /** What each shorter period loses. */
  readonly horizonLoss: number;
  /** How much more restless each shorter period is, in parts of the window's φ: what lasts for less than a window averages out over it. */
  readonly horizonPhi: number;
  /** Least effective visitors, micro; 0 = the window's support floor. */
  readonly floorMicro: number;
}

export function trendingRulesOf({ parameters }: Formula): TrendingRules {
  const of = (name: string) => parameters[name] ?? 0;
  const share = (name: string) => of(name) / micro;
  return {
    shrink: {
      cohortHours: of('cohortHours'),
      cohortTokensMin: of('cohortTokensMin'),
      visitorsMin: share('expectedMinMicro'),
      hourIndexMax: of('hourIndexMax'),
      weekIndexMax: of('weekIndexMax'),
    },
    phi: { usual: share('phiUsualMicro'), weight: of('phiHours') },
    integrity: {
      tolerance: share('integrityToleranceMicro'),
      least: share('integrityLeastMicro'),
    },
    looks: {
      tolerance: share('looksToleranceMicro'),
      unproven: share('looksUnprovenMicro'),
    },
    journeys: {
      tolerance: share('journeysToleranceMicro'),
      unproven: share('journeysUnprovenMicro'),
    },
    lasting: {
      kept: share('lastingKeptMicro'),
      most: share('lastingMostMicro'),
      supported: share('lastingSupportedMicro'),
    },
    support: [of('supportVisitors'), of('supportShorterVisitors'), of('supportShortestVisitors')],
    earlyWeight: of('earlyWeightMicro'),
    horizonLoss: share('horizonLossMicro'),
    horizonPhi: share('horizonPhiMicro'),
    floorMicro: of('floorVisitors') * micro,
  };
}
