import { type Candidate, type FeatureSet, windows } from '@trending/schemas';
import { type AttackCost, type Attacker, attackCostOf, attackerNames } from './attack-cost.ts';
import type { RankFormula } from './board.ts';
import { levelOf } from './window-level.ts';

/**
 * What a place among the first ten of a window costs now, by kind of attacker: the least fake visitors that lift a token there which nobody
 * looked at for two days, whose price is the lowest: nothing is usual for it. Found by the formula itself; nothing is known of a window that
 * does not exist. `tenthMicro`: score of the tenth place, 0 where there are fewer.
 */
export function placePrices(
  set: Omit<FeatureSet, 'epoch'>,
  { formula, tenthMicro }: { readonly formula: RankFormula; readonly tenthMicro: number },
): ReadonlyMap<Attacker, AttackCost> {
  const window = windows.find(({ name }) => name === set.window);
  if (window === undefined) return new Map();
  const site = { ...set.totals, site: set.site, window: window.name };
  const asked = { token: quietToken(set), formula, site, tenthMicro };
  return new Map(attackerNames.map((name) => [name, attackCostOf(name, asked)]));
}

/** A token that has been there as long as anybody looked, and that nobody looked at. */
function quietToken({ window, site }: Pick<FeatureSet, 'window' | 'site'>): Candidate {
  const none = levelOf(window).horizons.map(() => 0);
  return {
    ...{ token: '', categories: [], cohort: '', firstSeenAt: 0, sparkline: [] },
    ...{ views: 0, viewsPrev: 0, freshSum: 0, visitors: 0, networks: 0, returners: 0 },
    ...{
      effective: 0,
      capped: 0,
      horizons: none,
      horizonVisitors: none,
      horizonReturners: none,
      came: none,
      went: none,
      further: none,
    },
    ...{ histH: 0, histHours: site.hours, histMinutes: site.hours * 60, sameHour: 0 },
    ...{ phiSum: 0, phiCount: 0, burstMicro: 0, burstStart: 0, alarmMicro: 0, alarmFilled: [] },
    ...{ weekIndexMicro: [], sources: [], countries: [] },
  };
}
