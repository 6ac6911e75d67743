import { type Window, type WindowName, windows } from '@trending/schemas';

/** Panes of one size, and how many of them make a period. */
export interface PaneGrid {
  readonly index: number;
  readonly paneSizeMs: number;
  readonly paneCount: number;
}

/** A period in which distinct viewers are counted; its panes are whole numbers of finest panes. */
export interface ViewerSpan extends PaneGrid {
  readonly finestPerPane: number;
  /** What one network may add to a token's effective visitors, micro. */
  readonly networkCapMicro: number;
}

/**
 * A window as the store counts it. At `asOf` it is the running pane, the whole panes before it that fit the window, and
 * panes ahead of `asOf`; the previous period is the `paneCount` panes before those.
 */
export interface WindowLevel extends ViewerSpan {
  readonly name: WindowName;
  /** Shorter periods whose visitors are told beside the window's, longest first. */
  readonly horizons: readonly ViewerSpan[];
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

const minuteMs = 60_000;
/** Periods shorter than a window that no board shows, but that tell earlier what is beginning. */
const extraSpans: readonly ViewerSpan[] = [
  extraSpan(windows.length, { minutes: 30, capVisitors: 3 }),
  extraSpan(windows.length + 1, { minutes: 15, capVisitors: 2 }),
];

/** The four levels, shortest window first. Every pane size divides the next one. */
export const windowLevels: readonly WindowLevel[] = levelsOf(windows);

function levelsOf(served: readonly Window[]): WindowLevel[] {
  const levels: WindowLevel[] = [];
  for (const { name, windowSizeMs, paneSizeMs } of served) {
    const shorter = levels.slice(-1);
    levels.push({
      index: levels.length,
      name,
      paneSizeMs,
      paneCount: windowSizeMs / paneSizeMs,
      finestPerPane: paneSizeMs / finestPaneMs,
      networkCapMicro: networkCapVisitors[name] * visitorMicro,
      horizons: name === '1h' ? extraSpans : shorter,
    });
  }
  return levels;
}

/** Every period with distinct viewers: the windows, then the shorter periods. */
export const viewerSpans: readonly ViewerSpan[] = [...windowLevels, ...extraSpans];
export const spanCount = viewerSpans.length;

function extraSpan(
  index: number,
  { minutes, capVisitors }: { readonly minutes: number; readonly capVisitors: number },
): ViewerSpan {
  return {
    index,
    paneSizeMs: minuteMs,
    paneCount: minutes,
    finestPerPane: minuteMs / finestPaneMs,
    networkCapMicro: capVisitors * visitorMicro,
  };
}

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
