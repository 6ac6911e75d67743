import { hoursOfWeek } from '@trending/schemas';
import { hourMs } from './hour-rules.ts';
import { paneIndexOf } from './window-level.ts';

const minuteMs = 60_000;
/** The epoch's first hour is a Thursday's. */
const epochHour = 72;

/** Place in the UTC week of an hour since the epoch: 0 = Monday 00:00, 167 = Sunday 23:00. */
export function hourOfWeek(hour: number): number {
  return (hour + epochHour) % hoursOfWeek;
}

/**
 * Index of a token's week for the `minutes` before `asOf`, micro: the mean of the hours of the week that they overlap, by whole minutes of
 * overlap, so nothing jumps at a full hour.
 */
export function weekIndexAt(
  indexMicro: ArrayLike<number>,
  { asOf, minutes }: { readonly asOf: number; readonly minutes: number },
): number {
  const end = paneIndexOf(asOf, minuteMs) * minuteMs;
  const start = end - minutes * minuteMs;
  let sum = 0;
  for (let hour = paneIndexOf(start, hourMs); hour * hourMs < end; hour += 1) {
    const overlapMs = Math.min(end, (hour + 1) * hourMs) - Math.max(start, hour * hourMs);
    sum += (indexMicro[hourOfWeek(hour)] ?? 0) * (overlapMs / minuteMs);
  }
  return Math.floor(sum / minutes);
}
