import type { BoardItem, FrameItem } from '@trending/schemas';

/**
 * What everybody may see of a place: its networks are for operators, and what its expectation was made of belongs to explanations, for
 * it moves with every view of the site. Named one by one: taking two fields out of a copy costs ten times as much, for every place.
 */
export function shownItem(item: BoardItem): FrameItem {
  return {
    rank: item.rank,
    token: item.token,
    previousRank: item.previousRank,
    scoreMicro: item.scoreMicro,
    observed: item.observed,
    expected: item.expected,
    rawViews: item.rawViews,
    previousViews: item.previousViews,
    visitors: item.visitors,
    effectiveVisitors: item.effectiveVisitors,
    integrityMicro: item.integrityMicro,
    contributions: item.contributions,
    flags: item.flags,
    since: item.since,
    state: item.state,
    sparkline: item.sparkline,
    stateSince: item.stateSince,
    verdict: item.verdict,
    peakMicro: item.peakMicro,
    burstSince: item.burstSince,
  };
}
