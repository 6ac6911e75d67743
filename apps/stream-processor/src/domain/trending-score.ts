import { overDispersion, surprise, UsualShare } from './expectation.ts';
import type { Formula } from './formula.ts';
import { believedByJourneys, supportedByJourneys } from './journey-support.ts';
import { lastingVisitors } from './lasting-visitors.ts';
import { believedVisitors, supportedByLooks, supportOf } from './look-support.ts';
import { networkIntegrity } from './network-integrity.ts';
import type { Features, Scorer, SiteTotals } from './scorer.ts';
import { noHistory } from './site-history.ts';
import { leastSupportMicro, reachesSupportFloor } from './support-floor.ts';
import { type TrendingRules, trendingRulesOf } from './trending-rules.ts';

const micro = 1_000_000;
const nano = 1_000_000_000;
const everybody: readonly number[] = [];

/** One period of a window: the window itself, or a shorter one. */
interface Period {
  readonly expected: number;
  /** Standard deviations above usual. */
  readonly sigma: number;
  /** Sigma, with tiny counts distrusted. */
  readonly trusted: number;
  /** The same with visitors granted for the period before. */
  readonly convincing: number;
}

/**
 * How many more effective visitors than this token should have now, in standard deviations; 1 point = one sigma at full integrity.
 * surprise: of the window. support (≤ 0): distrust of tiny counts. lasting (≥ 0): the period before was further above usual, and trends
 * fade. early (≥ 0): a shorter period that is already more convincing.
 * looks (≤ 0): visitors that too few returners stand behind are not believed. journeys (≤ 0): nor those of whose sort too few
 * go on to other tokens. integrity (≤ 0): too few networks behind the
 * visitors. Only + − × ÷ √ in this order, then one floor a term.
 */
export function trendingScorer(formula: Formula): Scorer {
  const rules = trendingRulesOf(formula);
  const believedOf = (features: Features, site: SiteTotals) => {
    const looks = believedVisitors(features, site, rules.looks);
    const journeys = believedByJourneys(features, site, rules.journeys);
    return { looks, all: looks.map((some, index) => Math.min(some, journeys[index] ?? some)) };
  };
  const integrityOf = (features: Features, { site = noHistory }: SiteTotals) =>
    networkIntegrity(features, site.ratios, rules.integrity);
  return {
    partNames: ['surprise', 'support', 'lasting', 'early', 'looks', 'journeys', 'integrity'],
    least: ({ window = '1h', effective: total = 0 }) => ({
      views: 0,
      effective: rules.floorMicro > 0 ? rules.floorMicro : leastSupportMicro(window, total),
    }),
    isEligible(features, site) {
      const { window = '1h', effective: total = 0 } = site;
      const isEnough = (effective: number) =>
        rules.floorMicro > 0
          ? effective >= rules.floorMicro
          : reachesSupportFloor(window, effective, total);
      // Those who are believed are not more than all: most tokens need no look at them.
      if (!isEnough(features.effective)) return false;
      const [believed = 0] = believedOf(features, site).all;
      return isEnough(Math.min(features.effective, believed * micro));
    },
    parts(features, site) {
      const believed = believedOf(features, site);
      const supported = Math.min(
        supportedByLooks(features, site, rules.looks),
        supportedByJourneys(features, site, rules.journeys),
      );
      const partsIf = (some: readonly number[]) =>
        pointsOf(periodsOf(rules, features, { site, believed: some, supported }), rules);
      const parts = partsIf(everybody);
      const counted = sumOf(parts);
      const pointsIf = (some: readonly number[]) =>
        isDoubted(features, some) ? sumOf(partsIf(some)) : counted;
      const looked = pointsIf(believed.looks);
      const points = isSame(believed.looks, believed.all) ? looked : pointsIf(believed.all);
      const integrity = Math.floor(points * integrityOf(features, site)) - points + 0;
      return [...parts, looked - counted + 0, points - looked + 0, integrity];
    },
    usual(features, site) {
      const { all } = believedOf(features, site);
      const integrity = integrityOf(features, site) * supportOf(features, all);
      return {
        integrityMicro: Math.floor(integrity * micro),
        ...basisOf(rules, features, site),
      };
    },
  };
}

/** What a token shows before it becomes a score. */
export interface TrendingReading {
  /** Standard deviations above usual, by all visitors: of the window, and the most of it and its shorter periods. */
  readonly sigma: number;
  readonly sigmaMax: number;
  /** Usual visitors. */
  readonly expected: number;
  /** Part that the networks, the returners, and those who go on, stand behind: 1 = as usual. */
  readonly networks: number;
  readonly looks: number;
  readonly journeys: number;
}

/** Reads tokens by the rules of a formula, for flags. */
export function trendingReader(
  formula: Formula,
): (features: Features, site: SiteTotals) => TrendingReading {
  const rules = trendingRulesOf(formula);
  return (features, site) => {
    const periods = periodsOf(rules, features, { site, believed: everybody });
    const [whole] = periods;
    return {
      sigma: whole?.sigma ?? 0,
      sigmaMax: periods.reduce((most, { sigma }) => Math.max(most, sigma), 0),
      expected: whole?.expected ?? 0,
      networks: networkIntegrity(features, (site.site ?? noHistory).ratios, rules.integrity),
      looks: supportOf(features, believedVisitors(features, site, rules.looks)),
      journeys: supportOf(features, believedByJourneys(features, site, rules.journeys)),
    };
  };
}

/** The window's expectation and what it is made of, in the units of a board's record. */
function basisOf(rules: TrendingRules, features: Features, site: SiteTotals) {
  const { effective = 0 } = site;
  const usual = usualShareOf(rules, features, site);
  return {
    expectedMicro: Math.floor(usual.expected(effective, features.effective, 0) * micro),
    phiMicro: Math.floor(overDispersion(features, rules.phi) * micro),
    shareNano: Math.floor(usual.share * nano),
    hourIndexMicro: Math.floor(usual.hourIndex(effective, features.effective) * micro),
  };
}

function usualShareOf({ shrink }: TrendingRules, features: Features, site: SiteTotals): UsualShare {
  const { tokens, views, effective = 0, site: past = noHistory } = site;
  return new UsualShare(features, { tokens, views, effective, site: past }, shrink);
}

/** Are fewer visitors believed than counted, in some period? */
function isDoubted({ effective, horizons }: Features, believed: readonly number[]): boolean {
  const own = [effective, ...horizons];
  return believed.some((visitors, index) => visitors * micro < (own[index] ?? 0));
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, index) => value === b[index]);
}

interface Looked {
  readonly site: SiteTotals;
  /** Visitors of each period that are taken for people, all where it says nothing. */
  readonly believed: readonly number[];
  /** Visitors of the window that its returners, and those who went on, support with nobody granted, whoever is believed. */
  readonly supported?: number | undefined;
}

/** The window and its shorter periods. What is usual does not depend on who is believed. */
function periodsOf(
  rules: TrendingRules,
  features: Features,
  { site, believed, supported = Number.POSITIVE_INFINITY }: Looked,
): readonly Period[] {
  const { effective = 0, site: past = noHistory } = site;
  const usual = usualShareOf(rules, features, site);
  const phi = overDispersion(features, rules.phi);
  const own = [features.effective, ...features.horizons];
  const totals = [effective, ...past.horizons];
  return own.map((ownMicro, index) => {
    const observed = Math.min(ownMicro / micro, believed[index] ?? Number.POSITIVE_INFINITY);
    const expected = usual.expected(totals[index] ?? 0, ownMicro, index);
    const sigmaOf = (visitors: number) =>
      surprise(visitors, expected, phi * (1 + index * rules.horizonPhi));
    const trustedOf = (visitors: number, told: number) =>
      (1 - index * rules.horizonLoss) * told * trustIn(visitors, rules.support[index] ?? 0);
    const sigma = sigmaOf(observed);
    const trusted = trustedOf(observed, sigma);
    const now = { observed, expected, supported };
    const granted = index > 0 ? 0 : lastingVisitors(features, site, { now, rules: rules.lasting });
    // To most tokens nothing is granted.
    const lasting = observed + granted;
    const convincing = granted === 0 ? trusted : trustedOf(lasting, sigmaOf(lasting));
    return { expected, sigma, trusted, convincing };
  });
}

/** Part of a surprise that is trusted where so many visitors tell it. `half`: with which half is. */
function trustIn(visitors: number, half: number): number {
  const support = visitors + half;
  return support > 0 ? visitors / support : 0;
}

/** Surprise, support, lasting and early, micro. */
function pointsOf([whole, ...shorter]: readonly Period[], { earlyWeight }: TrendingRules) {
  const { sigma = 0, trusted = 0, convincing = 0 } = whole ?? {};
  const ahead = shorter.reduce((most, period) => Math.max(most, period.convincing), convincing);
  const surprised = Math.floor(sigma * micro);
  const support = Math.floor((trusted - sigma) * micro) + 0;
  // Rounded as one sum: where one more visitor leaves one less to be granted, the score stays what it was to the last unit.
  const lasting = convincing === trusted ? 0 : Math.floor(convincing * micro) - surprised - support;
  return [surprised, support, lasting, Math.floor((ahead - convincing) * earlyWeight) + 0];
}

function sumOf(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum + part, 0);
}
