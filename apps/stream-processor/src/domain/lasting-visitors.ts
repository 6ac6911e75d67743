import type { Features, SiteTotals } from './scorer.ts';

const micro = 1_000_000;

export interface LastingRules {
  /** Part of what was above usual in the period before that a trend keeps for one more, at least. */
  readonly kept: number;
  /** Most that is granted for it, in parts of what is above usual now. */
  readonly most: number;
  /** Visitors that may count, those granted among them, in parts of those whom returners, and those who go on, support. */
  readonly supported: number;
}

/** A window's visitors now: seen, usual, and how many its returners, and those who went on, support. */
export interface SeenNow {
  readonly observed: number;
  readonly expected: number;
  readonly supported: number;
}

/**
 * Visitors granted to a window for the period before it. Trends fade, they do not break off: of what was above usual in the period before
 * a part is to be expected still, and where fewer came, that is chance as often as not. So of two counts alike, the one that had many
 * before stays longer than the one that is over. At most a part of what is above usual now, so nothing is granted to what has ended; and
 * no more than stand on returners and on those who went on, since of the period before only views are known, which one client can make.
 * Views are taken for visitors at the rate of all other tokens now. What is granted and `observed` never are less together for one more
 * visitor or view, now or before.
 */
export function lastingVisitors(
  features: Pick<Features, 'views' | 'viewsPrev' | 'effective'>,
  site: Pick<SiteTotals, 'views' | 'effective'>,
  { now, rules }: { readonly now: SeenNow; readonly rules: LastingRules },
): number {
  const above = now.observed - now.expected;
  const others = site.views - features.views;
  if (rules.kept === 0 || above <= 0 || others <= 0) return 0;
  const visitorsOfView = ((site.effective ?? 0) - features.effective) / micro / others;
  const before = features.viewsPrev * visitorsOfView - now.expected;
  const granted = Math.min(rules.kept * before - above, rules.most * above);
  return Math.max(0, Math.min(granted, rules.supported * now.supported - now.observed));
}
