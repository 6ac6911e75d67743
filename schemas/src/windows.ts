const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** What boards rank over. A window is `windowSizeMs / paneSizeMs` whole panes plus the running one. */
export interface Window {
  readonly name: WindowName;
  readonly windowSizeMs: number;
  readonly paneSizeMs: number;
}

export type WindowName = '5m' | '1h' | '6h' | '24h';

/** The windows served, shortest first. */
export const windows: readonly Window[] = [
  { name: '5m', windowSizeMs: 5 * minute, paneSizeMs: 10 * second },
  { name: '1h', windowSizeMs: hour, paneSizeMs: minute },
  { name: '6h', windowSizeMs: 6 * hour, paneSizeMs: 10 * minute },
  { name: '24h', windowSizeMs: 24 * hour, paneSizeMs: hour },
];

export const windowNames: readonly WindowName[] = windows.map((window) => window.name);
