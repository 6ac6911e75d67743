import { windowLevels } from '../domain/window-level.ts';
import type { AggregateState } from '../state/aggregate-state.ts';
import type { ViewerPair } from '../state/loose-journeys.ts';

/** Everything a state holds, cell by cell, under names that do not depend on how it came to hold it. */
export function stateCells(state: AggregateState): Map<string, number> {
  const { tokens, cells, viewers } = state.store.columns;
  const found = new Map<string, number>();
  for (let id = 1; id < tokens.end(); id += 1) {
    const token = tokens.nameOf(id);
    if (token === '') continue;
    for (const level of windowLevels)
      cells[level.index]?.readAll(id, (pane, views) => {
        found.set(`${token} ${level.name} pane ${pane}`, views);
      });
  }
  for (let row = 1; row < viewers.end(); row += 1) {
    if (viewers.tokenOf(row) === 0) continue;
    const token = tokens.nameOf(viewers.tokenOf(row));
    const viewer = `${viewers.viewerHighOf(row)}.${viewers.viewerLowOf(row)}`;
    const network = `${viewers.networkHighOf(row)}.${viewers.networkLowOf(row)}`;
    found.set(`${token} viewer ${viewer} last pane`, viewers.lastPaneOf(row));
    found.set(`${token} viewer ${viewer} pane before`, viewers.secondPane(row));
    found.set(`${token} viewer ${viewer} from network ${network} weight`, viewers.weightOf(row));
  }
  for (const [viewer, bits] of journeyCells(state)) found.set(`${viewer} journeys`, bits);
  return found;
}

/** What is known of viewers beyond their views, whether they have a row or not. */
function journeyCells({ store }: AggregateState): Map<string, number> {
  const { tokens, viewers, journeys } = store.columns;
  const found = new Map<string, number>();
  const add = ({ tokenHash, viewerHigh, viewerLow }: ViewerPair, bits: number) => {
    const cell = `token ${tokenHash} viewer ${viewerHigh}.${viewerLow}`;
    if (bits !== 0) found.set(cell, (found.get(cell) ?? 0) | bits);
  };
  for (const { bits, ...pair } of journeys.loose.all()) add(pair, bits);
  for (let row = 1; row < viewers.end(); row += 1) {
    if (viewers.tokenOf(row) === 0) continue;
    const tokenHash = tokens.hashOf(viewers.tokenOf(row));
    const [viewerHigh, viewerLow] = [viewers.viewerHighOf(row), viewers.viewerLowOf(row)];
    add({ tokenHash, viewerHigh, viewerLow }, viewers.journeysOf(row));
  }
  return found;
}

/** A cell in which two states differ; undefined = not there. */
export interface CellDifference {
  readonly cell: string;
  readonly kept: number | undefined;
  readonly rebuilt: number | undefined;
}

/** Cells that are not the same in both, at most `limit` of them. */
export function cellDifferences(
  kept: ReadonlyMap<string, number>,
  rebuilt: ReadonlyMap<string, number>,
  limit: number,
): CellDifference[] {
  const differences: CellDifference[] = [];
  for (const cell of new Set([...kept.keys(), ...rebuilt.keys()])) {
    if (differences.length >= limit) break;
    if (kept.get(cell) !== rebuilt.get(cell))
      differences.push({ cell, kept: kept.get(cell), rebuilt: rebuilt.get(cell) });
  }
  return differences;
}
