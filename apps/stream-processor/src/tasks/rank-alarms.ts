import { type Board, scopeAll } from '@trending/schemas';
import type { Ranking } from '../domain/board.ts';
import { trendingFormula } from '../domain/formula.ts';
import { alarmsOf } from '../domain/raised-flags.ts';
import type { RankMetrics } from './rank-metrics.ts';

/** Counts alarms by the board over everything of the default formula: flags are facts of the token, the same on all boards. */
export function countAlarms(metrics: RankMetrics, next: Ranking, before: Board | undefined): void {
  const { formula, scope, window } = next;
  if (formula.id !== trendingFormula.id || scope !== scopeAll) return;
  for (const { flag, flagged, raised } of alarmsOf(next, before)) {
    metrics.tokensFlagged.set({ flag, window }, flagged);
    metrics.alarmsRaised.inc({ flag, window }, raised);
  }
}
