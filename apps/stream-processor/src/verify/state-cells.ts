import { windowLevels } from '../domain/window-level.ts';
import type { AggregateState } from '../state/aggregate-state.ts';

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
