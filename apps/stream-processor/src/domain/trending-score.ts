import { overDispersion, type ShrinkRules, surprise, usualShareOf } from './expectation.ts';
import type { Formula } from './formula.ts';
import { networkIntegrity } from './network-integrity.ts';
import type { Features, Scorer, SiteTotals } from './scorer.ts';
import { noHistory } from './site-history.ts';
import { reachesSupportFloor } from './support-floor.ts';

const micro = 1_000_000;

/** One period of a window: the window itself, or a shorter one. */
interface Period {
  readonly observed: number;
  readonly expected: number;
  /** Standard deviations above usual. */
  readonly sigma: number;
  /** Sigma, with tiny counts distrusted. */
  readonly convincing: number;
}

/**
 * How many more effective visitors than this token should have now, in standard deviations; 1 point = one sigma at full integrity.
 * surprise: of the window. support (≤ 0): distrust of tiny counts. early (≥ 0): a shorter period that is already more convincing.
 * integrity (≤ 0): too few networks behind the visitors. Only + − × ÷ √ in this order, then one floor a term.
 */
export function trendingScorer({ parameters }: Formula): Scorer {
  const of = (name: string) => parameters[name] ?? 0;
  const rules: ShrinkRules = {
    cohortHours: of('cohortHours'),
    cohortTokensMin: of('cohortTokensMin'),
    visitorsMin: of('expectedMinMicro') / micro,
    hourIndexMax: of('hourIndexMax'),
  };
  const phiRules = { usual: of('phiUsualMicro') / micro, weight: of('phiHours') };
  const integrityRules = {
    tolerance: of('integrityToleranceMicro') / micro,
    least: of('integrityLeastMicro') / micro,
  };
  const [supportVisitors, earlyWeight] = [of('supportVisitors'), of('earlyWeightMicro')];
  const horizonLoss = of('horizonLossMicro') / micro;
  const floorMicro = of('floorVisitors') * micro;

  function periodsOf(features: Features, site: SiteTotals): readonly Period[] {
    const { tokens, views, effective = 0, site: past = noHistory } = site;
    const share = usualShareOf(features, { tokens, views, effective, site: past }, rules);
    const phi = overDispersion(features, phiRules);
    const own = [features.effective, ...features.horizons];
    const totals = [effective, ...past.horizons];
    return own.map((ownMicro, index) => {
      const observed = ownMicro / micro;
      const expected = share.expected(totals[index] ?? 0, ownMicro);
      const sigma = surprise(observed, expected, phi);
      const support = observed + supportVisitors / 2 ** index;
      const trusted = support > 0 ? observed / support : 0;
      return {
        observed,
        expected,
        sigma,
        convincing: (1 - index * horizonLoss) * sigma * trusted,
      };
    });
  }

  const integrityOf = (features: Features, { site = noHistory }: SiteTotals) =>
    networkIntegrity(features, site.ratios, integrityRules);

  return {
    partNames: ['surprise', 'support', 'early', 'integrity'],
    isEligible: ({ effective }, { window = '1h', effective: total = 0 }) =>
      floorMicro > 0 ? effective >= floorMicro : reachesSupportFloor(window, effective, total),
    parts(features, site) {
      const [whole, ...shorter] = periodsOf(features, site);
      const { sigma = 0, convincing = 0 } = whole ?? {};
      const ahead = shorter.reduce((most, period) => Math.max(most, period.convincing), convincing);
      const parts = [
        Math.floor(sigma * micro),
        Math.floor((convincing - sigma) * micro) + 0,
        Math.floor((ahead - convincing) * earlyWeight) + 0,
      ];
      const points = parts.reduce((sum, part) => sum + part, 0);
      return [...parts, Math.floor(points * integrityOf(features, site)) - points + 0];
    },
    usual(features, site) {
      const [whole] = periodsOf(features, site);
      return {
        expectedMicro: Math.floor((whole?.expected ?? 0) * micro),
        integrityMicro: Math.floor(integrityOf(features, site) * micro),
      };
    },
  };
}
