import { type WindowName, windows } from '@trending/schemas';

/**
 * A window as the store counts it. At `asOf` it is the running pane, the whole panes before it that fit the window, and
 * panes ahead of `asOf`; the previous period is the `paneCount` panes before those.
 */
export interface WindowLevel {
  readonly index: number;
  readonly name: WindowName;
  readonly paneSizeMs: number;
  /** Whole panes in the window; also the length of the previous period. */
  readonly paneCount: number;
  /** Finest panes in one pane of this level: viewers remember their last finest pane only. */
  readonly finestPerPane: number;
  /** What one network may add to a token's effective visitors, micro. */
  readonly networkCapMicro: number;
}

const visitorMicro = 1_000_000;
const networkCapVisitors: Readonly<Record<WindowName, number>> = {
  '5m': 2,
  '1h': 4,
  '6h': 6,
  '24h': 8,
};

/** Size of the finest pane, ms. */
export const finestPaneMs = windows[0]?.paneSizeMs ?? 0;

/** The four levels, shortest window first. Every pane size divides the next one. */
export const windowLevels: readonly WindowLevel[] = windows.map((window, index) => ({
  index,
  name: window.name,
  paneSizeMs: window.paneSizeMs,
  paneCount: window.windowSizeMs / window.paneSizeMs,
  finestPerPane: window.paneSizeMs / finestPaneMs,
  networkCapMicro: networkCapVisitors[window.name] * visitorMicro,
}));

export const levelCount = windowLevels.length;
export const longestLevel = windowLevels[levelCount - 1] as WindowLevel;

/** How far behind the end of the running pane a view can still be in a window or its previous period, ms. */
export const horizonMs = (2 * longestLevel.paneCount + 1) * longestLevel.paneSizeMs;

/** Index of the pane that holds `at`. */
export function paneIndexOf(at: number, paneSizeMs: number): number {
  return Math.floor(at / paneSizeMs);
}

export function levelOf(name: string): WindowLevel {
  const level = windowLevels.find((candidate) => candidate.name === name);
  if (level === undefined) throw new RangeError(`no window is named ${name}`);
  return level;
}
