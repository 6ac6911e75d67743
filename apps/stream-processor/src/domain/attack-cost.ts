import type { Candidate } from '@trending/schemas';
import type { RankFormula } from './board.ts';
import { scoreOf } from './score.ts';
import type { SiteTotals } from './scorer.ts';
import { levelOf, type ViewerSpan } from './window-level.ts';

/** How fake visitors come: looks of each, how many of them share a network, and looks of one more who keeps coming back. */
export const attackers = {
  'all distinct': { looks: 1, perNetwork: 1, repeated: 0 },
  'looking twice': { looks: 2, perNetwork: 1, repeated: 0 },
  'four a network': { looks: 1, perNetwork: 4, repeated: 0 },
  'beside a repeater': { looks: 1, perNetwork: 1, repeated: 116 },
} as const;
export type Attacker = keyof typeof attackers;
export const attackerNames = Object.keys(attackers) as Attacker[];

/** What a window's board asks of an attacker: so many fake visitors, from so many networks, with so many views; null = no number will do. */
export interface AttackCost {
  readonly visitors: number | null;
  readonly networks: number | null;
  readonly views: number | null;
}

/** More visitors than this nobody would buy. */
const visitorsMax = 20_000;
const micro = 1_000_000;

interface AttackedBoard {
  readonly token: Candidate;
  readonly formula: RankFormula;
  readonly site: SiteTotals;
  /** Score of the tenth place; 0 where there are fewer. */
  readonly tenthMicro: number;
}

/**
 * The least fake visitors that lift a token into the first ten now, all within the last quarter of an hour; a repeater's looks fill the
 * hour, one every 31 seconds.
 */
export function attackCostOf(attacker: Attacker, board: AttackedBoard): AttackCost {
  const { looks, perNetwork, repeated } = attackers[attacker];
  const repeaters = Math.sign(repeated);
  const enters = (visitors: number) => {
    const attacked = withVisitors(board, visitors, attackers[attacker]);
    const { scorer } = board.formula;
    if (!scorer.isEligible(attacked.token, attacked.site)) return false;
    return scoreOf(scorer, attacked.token, attacked.site) > board.tenthMicro;
  };
  // Far more visitors from shared networks may count for less: so go up in steps, and halve only the last one.
  let [low, high] = [0, 1];
  while (high <= visitorsMax && !enters(high)) [low, high] = [high + 1, Math.ceil(high * 1.25)];
  if (high > visitorsMax) return { visitors: null, networks: null, views: null };
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (enters(middle)) high = middle;
    else low = middle + 1;
  }
  return {
    visitors: low + repeaters,
    networks: Math.ceil(low / perNetwork) + repeaters,
    views: low * looks + repeated,
  };
}

type Attacked = Pick<AttackedBoard, 'token' | 'site'>;
interface Coming {
  readonly looks: number;
  readonly perNetwork: number;
  readonly repeated: number;
}

function withVisitors(
  { token, site }: Attacked,
  ordinary: number,
  { looks, perNetwork, repeated }: Coming,
): Attacked {
  const repeaters = Math.sign(repeated);
  const visitors = ordinary + repeaters;
  const networks = Math.ceil(ordinary / perNetwork) + repeaters;
  const views = ordinary * looks + repeated;
  const returners = looks > 1 ? visitors : repeaters;
  const added = visitors * micro;
  const level = levelOf(site.window ?? '1h');
  const capped = ({ networkCapMicro }: ViewerSpan) => Math.min(added, networks * networkCapMicro);
  const [counted, addedIn] = [capped(level), level.horizons.map(capped)];
  const past = site.site;
  return {
    token: {
      ...token,
      views: token.views + views,
      visitors: token.visitors + visitors,
      returners: token.returners + returners,
      networks: token.networks + networks,
      effective: token.effective + counted,
      horizons: token.horizons.map((own, index) => own + (addedIn[index] ?? 0)),
      horizonVisitors: token.horizonVisitors.map((own) => own + visitors),
      horizonReturners: token.horizonReturners.map((own) => own + returners),
    },
    site: {
      ...site,
      views: site.views + views,
      effective: (site.effective ?? 0) + counted,
      ...(past === undefined
        ? {}
        : {
            site: {
              ...past,
              visitors: past.visitors + visitors,
              returners: past.returners + returners,
              horizonVisitors: past.horizonVisitors.map((all) => all + visitors),
              horizonReturners: past.horizonReturners.map((all) => all + returners),
              horizons: past.horizons.map((all, index) => all + (addedIn[index] ?? 0)),
            },
          }),
    },
  };
}

/** The middle of several costs, each figure by itself; null where at least half of the boards could not be entered. */
export function medianCost(costs: readonly AttackCost[]): AttackCost {
  const middle = (of: (cost: AttackCost) => number | null) => {
    const sorted = costs.map((cost) => of(cost) ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
    const figure = sorted[Math.floor(sorted.length / 2)] ?? Number.POSITIVE_INFINITY;
    return Number.isFinite(figure) ? figure : null;
  };
  return {
    visitors: middle(({ visitors }) => visitors),
    networks: middle(({ networks }) => networks),
    views: middle(({ views }) => views),
  };
}
