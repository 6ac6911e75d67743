import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hourOfWeek } from '../../src/domain/week-hours.ts';
import {
  hasWeeks,
  isSameWeek,
  rhythmHours,
  tokenWeekOf,
  weekSiteOf,
} from '../../src/domain/week-rhythm.ts';

const hourMs = 3_600_000;
/** A Monday, 09:00 UTC: what is read ends here. */
const end = Date.UTC(2026, 1, 2, 9) / hourMs;
const firstHour = end - rhythmHours;
const sunday20 = 6 * 24 + 20;
const micro = 1_000_000;

/** Views by hour; `hour` counts since the epoch, `week` the weeks before the end, 0 = the last. */
function hours(viewsOf: (hour: number, week: number) => number): Float64Array {
  return Float64Array.from({ length: rhythmHours }, (_, at) => {
    const hour = firstHour + at;
    return viewsOf(hour, Math.floor((rhythmHours - 1 - at) / 168));
  });
}

/** A site with a day and a week of its own, that doubled meanwhile. */
const siteViews = hours((hour, week) => {
  const day = [8, 6, 4, 4, 6, 10, 14, 16, 18, 20, 22, 24][Math.floor((hour % 24) / 2)] as number;
  const weekend = hourOfWeek(hour) >= 5 * 24 ? 2 : 1;
  return 1_000 * day * weekend * (week < 2 ? 2 : 1);
});
const site = weekSiteOf(firstHour, siteViews);
/** One thousandth of the site. */
const share = (hour: number) => (siteViews[hour - firstHour] as number) / 1_000;
const peaks = (slot: number, times: number) => (hour: number) =>
  share(hour) * (hourOfWeek(hour) === slot ? times : 1);

describe('the week of a token', () => {
  test('shows the hour it peaks in every Sunday, and no other', () => {
    const week = tokenWeekOf(hours(peaks(sunday20, 10)), site);
    expect(week?.computedAt).toBe(end * hourMs);
    expect(week?.weeks).toBe(4);
    const raised = week?.indexMicro.flatMap((index, slot) => (index > 1.1 * micro ? [slot] : []));
    expect(raised).toEqual([sunday20]);
    // Three weeks of ten times as much, and two weeks' worth of doubt: (30 + 2) / (3 + 2).
    expect((week?.indexMicro[sunday20] as number) / micro).toBeCloseTo(6.4, 0);
  });

  test('is none where it follows the site, whatever the day, the weekend and the growth of the site', () => {
    expect(tokenWeekOf(hours(share), site)).toBeUndefined();
  });

  test('is none for a peak that came in one week only, the last or another', () => {
    for (const only of [0, 1, 2, 3]) {
      const once = hours(
        (hour, week) => share(hour) * (hourOfWeek(hour) === sunday20 && week === only ? 50 : 1),
      );
      expect(tokenWeekOf(once, site)).toBeUndefined();
    }
  });

  test('shrinks what few views tell', () => {
    const few = hours((hour) => (hourOfWeek(hour) === sunday20 ? 3 : hour % 50 === 0 ? 1 : 0));
    const index = tokenWeekOf(few, site)?.indexMicro[sunday20] as number;
    expect(index / micro).toBeGreaterThan(1.5);
    expect(index / micro).toBeLessThan(6);
    const peak = hours((hour) => 100 * (hourOfWeek(hour) === sunday20 ? 30 : 1));
    const even = weekSiteOf(
      firstHour,
      hours(() => 100_000),
    );
    expect(tokenWeekOf(peak, even)?.indexMicro[sunday20]).toBe(8 * micro);
  });

  test('needs two weeks of an hour', () => {
    const cut = (days: number) =>
      hours((hour) => (hour < end - days * 24 ? 0 : peaks(sunday20, 10)(hour)));
    // Two Sundays, the earlier of them with a day and four hours of past.
    expect(tokenWeekOf(cut(10), site)?.weeks).toBe(2);
    expect(tokenWeekOf(cut(8), site)).toBeUndefined();
    expect(tokenWeekOf(cut(6), site)).toBeUndefined();
  });

  test('does not raise a Sunday that the Saturday before promises: the share of two days knows it', () => {
    const saturdays = hours((hour) => share(hour) * (hourOfWeek(hour) >= 5 * 24 ? 4 : 1));
    const week = tokenWeekOf(saturdays, site);
    expect((week?.indexMicro[5 * 24 + 3] as number) / micro).toBeGreaterThan(2);
    expect((week?.indexMicro[sunday20] as number) / micro).toBeLessThan(1.5);
  });

  test('passes over hours in which the site was away', () => {
    const gap = (hour: number, week: number) => week === 1 && hourOfWeek(hour) === sunday20;
    const away = hours((hour, week) =>
      gap(hour, week) ? 0 : (siteViews[hour - firstHour] as number),
    );
    const own = hours((hour, week) => (gap(hour, week) ? 0 : peaks(sunday20, 10)(hour)));
    const week = tokenWeekOf(own, weekSiteOf(firstHour, away));
    // Two weeks are left of three: (20 + 2) / (2 + 2).
    expect((week?.indexMicro[sunday20] as number) / micro).toBeCloseTo(5.5, 0);
  });

  test('stays within 1 and 8 in whole micro units, whatever was seen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(500), { minLength: rhythmHours, maxLength: rhythmHours }),
        fc.integer({ min: 0, max: 100_000 }),
        (views, others) => {
          const whole = weekSiteOf(
            firstHour,
            Float64Array.from(views, (own) => own + others),
          );
          const week = tokenWeekOf(Float64Array.from(views), whole);
          for (const index of week?.indexMicro ?? []) {
            expect(Number.isSafeInteger(index)).toBe(true);
            expect(index).toBeGreaterThanOrEqual(micro);
            expect(index).toBeLessThanOrEqual(8 * micro);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('what is told again', () => {
  test('is a week in which an hour moved by more than a tenth', () => {
    const week = { computedAt: 1, weeks: 4, indexMicro: new Array<number>(168).fill(micro) };
    const moved = (by: number) => ({
      ...week,
      indexMicro: week.indexMicro.map((index, at) => (at === 9 ? index + by : index)),
    });
    expect(isSameWeek(week, moved(100_000))).toBe(true);
    expect(isSameWeek(week, moved(100_001))).toBe(false);
    expect(isSameWeek(undefined, week)).toBe(false);
  });
});

describe('a site', () => {
  test('of less than two weeks tells nothing of anybody', () => {
    const since = (days: number) =>
      weekSiteOf(
        firstHour,
        hours((hour) => (hour < end - days * 24 ? 0 : 10)),
      );
    expect(hasWeeks(since(14))).toBe(true);
    expect(hasWeeks(since(13))).toBe(false);
    expect(hasWeeks(since(0))).toBe(false);
  });
});
