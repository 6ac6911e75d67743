import { hoursOfWeek } from '@trending/schemas';
import { type HourSpan, overlapSum } from './hour-rules.ts';

/** The epoch's first hour is a Thursday's. */
const epochHour = 72;

/** Place in the UTC week of an hour since the epoch: 0 = Monday 00:00, 167 = Sunday 23:00. */
export function hourOfWeek(hour: number): number {
  return (hour + epochHour) % hoursOfWeek;
}

/** Index of a token's week for a span, micro: the mean of the hours of the week that it overlaps, by minutes. */
export function weekIndexAt(indexMicro: ArrayLike<number>, span: HourSpan): number {
  const sum = overlapSum(span, (hour) => indexMicro[hourOfWeek(hour)] ?? 0);
  return Math.floor(sum / span.minutes);
}
