import type { Board, BoardItem } from '@trending/schemas';
import type { Ranking } from './board.ts';

const numbers = [
  'rank',
  'token',
  'previousRank',
  'scoreMicro',
  'observed',
  'expected',
  'rawViews',
  'previousViews',
  'visitors',
  'networks',
  'effectiveVisitors',
  'integrityMicro',
  'since',
  'state',
  'stateSince',
  'verdict',
  'peakMicro',
  'burstSince',
] as const satisfies readonly (keyof BoardItem)[];

/**
 * Would a reader see any difference? Cut, asOf and totals may differ; places, numbers and gaps may not. Nor may the control offset: each
 * word of an operator reaches every board's cut once, whether or not it changes the board. What an expectation was made of moves with
 * every view of the site, so by itself it makes no board another.
 */
export function showsTheSame(next: Ranking, held: Board): boolean {
  return (
    next.formula.hash === held.formula.hash &&
    next.controlOffset === held.controlOffset &&
    next.items.length === held.items.length &&
    sameList(next.partial, held.partial) &&
    next.items.every((item, index) => sameItem(item, held.items[index]))
  );
}

function sameItem(item: BoardItem, held: BoardItem | undefined): boolean {
  return (
    held !== undefined &&
    numbers.every((name) => item[name] === held[name]) &&
    sameList(item.sparkline, held.sparkline) &&
    sameList(item.flags, held.flags) &&
    item.contributions.every(({ micro }, index) => micro === held.contributions[index]?.micro)
  );
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
