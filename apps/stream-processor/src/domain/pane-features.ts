import type { WindowLevel } from './window-level.ts';

const micro = 1_000_000;
export const sparklineParts = 12;

/**
 * Weight of a pane by its age in panes, micro: half-life w/4 by the table `2^-k · (1 − f/2)`, with age / half-life = k + f. Exact
 * in binary up to the floor. Index 0 is the running pane; panes ahead weigh the same.
 */
export function freshWeights(level: WindowLevel): readonly number[] {
  const halfLifePanes = level.paneCount / 4;
  return Array.from({ length: level.paneCount + 1 }, (_, age) => {
    const halves = Math.floor(age / halfLifePanes);
    const fraction = age / halfLifePanes - halves;
    let weight = 1 - fraction / 2;
    for (let i = 0; i < halves; i += 1) weight /= 2;
    return Math.floor(weight * micro);
  });
}

/**
 * Splits the views of a window's panes (oldest first, the running one last) into 12 equal parts. A pane on a border is split in
 * proportion; parts are differences of a rounded running sum, so they are integers and add up to all views.
 */
export function sparkline(viewsByPane: readonly number[]): number[] {
  const parts: number[] = [];
  const step = viewsByPane.length / sparklineParts;
  let pane = 0;
  let wholePanes = 0;
  let taken = 0;
  for (let part = 1; part <= sparklineParts; part += 1) {
    const end = part === sparklineParts ? viewsByPane.length : part * step;
    while (pane + 1 <= end) {
      wholePanes += viewsByPane[pane] as number;
      pane += 1;
    }
    const reached = Math.floor(wholePanes + (viewsByPane[pane] ?? 0) * (end - pane));
    parts.push(reached - taken);
    taken = reached;
  }
  return parts;
}
