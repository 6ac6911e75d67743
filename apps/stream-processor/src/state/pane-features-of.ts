import type { Candidate } from '@trending/schemas';
import { freshWeights, sparkline } from '../domain/pane-features.ts';
import { windowLevels } from '../domain/window-level.ts';
import type { PaneCells } from './pane-cells.ts';

const freshTables = windowLevels.map(freshWeights);

/** What a token's panes of one level tell: views now and before, freshness, the sparkline. */
export function panesOf(
  cells: PaneCells,
  token: number,
): Pick<Candidate, 'views' | 'viewsPrev' | 'freshSum' | 'sparkline'> {
  const { level, runningPane } = cells;
  const weights = freshTables[level.index] as readonly number[];
  const viewsByPane = new Array<number>(level.paneCount + 1).fill(0);
  let freshSum = 0;
  cells.readWindow(token, (pane, views) => {
    const age = Math.max(0, runningPane - pane);
    freshSum += views * (weights[age] as number);
    viewsByPane[level.paneCount - age] = (viewsByPane[level.paneCount - age] as number) + views;
  });
  return {
    views: cells.current[token] as number,
    viewsPrev: cells.previous[token] as number,
    freshSum,
    sparkline: sparkline(viewsByPane),
  };
}
