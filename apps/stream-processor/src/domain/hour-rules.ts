import {
  longestLevel,
  type PaneGrid,
  paneIndexOf,
  type WindowLevel,
  windowLevels,
} from './window-level.ts';

/** Rules of the hourly history that expectations are made of. */
export const hourMs = 3_600_000;
/** Hours that the day's window keeps, itself and the day before: all the past there is. */
export const historyHours = 2 * longestLevel.paneCount;
/** A token first seen less than so many hours ago is compared with other young ones. */
export const youngHours = 24;
/** Variance of the views of an hour over their mean, were visits Poisson: a visit is more than one view. */
export const visitDispersion = 2;

/** A trend lasts for hours: what it brought in its first ones must not become what is usual while it goes on. */
export const lagHoursMin = 4;

/** How many hours back the newest hour lies that a window may be compared with: a trend must not eat its own baseline. */
export function lagHoursOf(level: WindowLevel): number {
  return Math.max(lagHoursMin, Math.ceil((level.paneSizeMs * level.paneCount) / hourMs));
}

/** The lags in use, each once, ascending. */
export const lags: readonly number[] = [...new Set(windowLevels.map(lagHoursOf))].sort(
  (a, b) => a - b,
);

/** Weight of an hour by its age, 0 = the newest that counts: a half-life of 16 hours, exact in integers. */
export const hourWeights: readonly number[] = Array.from({ length: historyHours }, (_, age) => {
  const halves = Math.floor(age / 16);
  return (32 - (age % 16)) * 2 ** (5 - halves);
});

export const minutesInHour = 60;
const minuteMs = 60_000;

/** The `minutes` before `asOf`, ms. */
export interface HourSpan {
  readonly asOf: number;
  readonly minutes: number;
}

/**
 * What `hourOf` says of each clock hour (since the epoch) × the minutes of it in the span. Of `asOf` its minute counts, so every overlap is whole minutes and nothing jumps at a full
 * hour; and sums of partitions add up to the sum of all tokens, as a fraction rounded in each partition would not.
 */
export function overlapSum({ asOf, minutes }: HourSpan, hourOf: (hour: number) => number): number {
  const end = paneIndexOf(asOf, minuteMs) * minuteMs;
  const start = end - minutes * minuteMs;
  let sum = 0;
  for (let hour = paneIndexOf(start, hourMs); hour * hourMs < end; hour += 1) {
    const overlapMs = Math.min(end, (hour + 1) * hourMs) - Math.max(start, hour * hourMs);
    sum += (hourOf(hour) * overlapMs) / minuteMs;
  }
  return sum;
}

/** Weights of a past where the running hour begins, and where it ends; by age, 0 = the newest hour that counts. */
export interface EdgeWeights {
  readonly start: readonly number[];
  readonly end: readonly number[];
}

const edges: ReadonlyMap<number, EdgeWeights> = new Map(
  lags.map((lag) => {
    const length = historyHours - lag;
    const start = Array.from({ length }, (_, age) => hourWeights[age - 1] ?? 0);
    const end = Array.from({ length }, (_, age) =>
      age + 1 < length ? (hourWeights[age] as number) : 0,
    );
    return [lag, { start, end }];
  }),
);

const tables = new Map([...edges].map(([lag, of]) => [lag, minuteTables(of)]));

/** The newest hour is not there yet when the running one begins, and the oldest is gone when it ends. `lag` is one of {@link lags}. */
export function edgeWeights(lag: number): EdgeWeights {
  const known = edges.get(lag);
  if (known === undefined) throw new RangeError(`no window looks ${lag} hours back`);
  return known;
}

/** Weights × 60 by age in a minute (0 to 59) of the running hour: on the straight line between its edges, integers. */
export function pastWeights(lag: number, minute: number): readonly number[] {
  const weights = tables.get(lag)?.[minute];
  if (weights === undefined)
    throw new RangeError(`no window looks ${lag} hours back in minute ${minute} of an hour`);
  return weights;
}

function minuteTables({ start, end }: EdgeWeights): readonly (readonly number[])[] {
  return Array.from({ length: minutesInHour }, (_, minute) =>
    start.map((weight, age) => (minutesInHour - minute) * weight + minute * (end[age] as number)),
  );
}

/**
 * Weighted sum of a token's first `count` hours, newest first, and of their weights. An hour counts for at most twice what is usual and four views more: a trend of the days before is
 * no part of what is usual, and would hide the next one. Usual is the square of the weighted mean of roots, which one enormous hour hardly moves; weighted, so that nothing jumps at a full
 * hour. Sums over all tokens are made of all views: a few bounded hours are a small part of those.
 */
export function pastSum(
  hours: ArrayLike<number>,
  weights: readonly number[],
  count: number,
): { readonly histH: number; readonly histWeight: number } {
  let [histWeight, roots] = [0, 0];
  for (let age = 0; age < count; age += 1) {
    histWeight += weights[age] as number;
    roots += (weights[age] as number) * Math.sqrt(hours[age] as number);
  }
  const mean = roots / Math.max(1, histWeight);
  const most = Math.floor(2 * mean * mean) + 4;
  let histH = 0;
  for (let age = 0; age < count; age += 1)
    histH += (weights[age] as number) * Math.min(most, hours[age] as number);
  return { histH, histWeight };
}

/**
 * Over-dispersion of one hour against its neighbours, which an even rise or fall leaves alone: the squared second difference beyond
 * Poisson's share, relative to the mean squared, within [−1, 4]; micro. Counts are views.
 */
export function hourResidualMicro(before: number, at: number, after: number): number {
  const mean = (before + at + after) / 3;
  const bend = at - (before + after) / 2;
  const chance = 1.5 * visitDispersion * mean;
  const residual = (bend * bend - chance) / (1.5 * (mean * mean + 1));
  return Math.floor(Math.min(4, Math.max(-1, residual)) * 1_000_000);
}

/** Length of a window, or of a shorter period. */
export function minutesOf({ paneSizeMs, paneCount }: PaneGrid): number {
  return (paneSizeMs * paneCount) / minuteMs;
}

/** Minutes of the day around `asOf` whose usual traffic a window is compared with; 0 = the window has every time of day in it. */
export function sameHourSpanMinutesOf(level: WindowLevel): number {
  const minutes = minutesOf(level);
  return minutes < 24 * 60 ? minutes : 0;
}
