import { describe, expect, test } from 'vitest';
import { hourOfWeek, weekIndexAt } from '../../src/domain/week-hours.ts';

const minute = 60_000;
const hour = 60 * minute;
/** A Sunday, 20:00 UTC. */
const sundayEvening = Date.UTC(2026, 0, 11, 20);

describe('hours of the week', () => {
  test('begin on Monday at 00:00 UTC', () => {
    expect(hourOfWeek(Date.UTC(2026, 0, 5) / hour)).toBe(0);
    expect(hourOfWeek(Date.UTC(2026, 0, 4, 23) / hour)).toBe(167);
    expect(hourOfWeek(sundayEvening / hour)).toBe(6 * 24 + 20);
    expect(hourOfWeek(0)).toBe(3 * 24);
  });
});

describe('the index of a week', () => {
  const week = new Int32Array(168).fill(1_000_000);
  week[6 * 24 + 20] = 7_000_000;

  test('counts by the minutes that a window has of each hour', () => {
    const at = (minutes: number, past: number) =>
      weekIndexAt(week, { asOf: sundayEvening + past * minute, minutes });
    expect(at(60, 0)).toBe(1_000_000);
    expect(at(60, 15)).toBe(2_500_000);
    expect(at(60, 60)).toBe(7_000_000);
    expect(at(60, 90)).toBe(4_000_000);
    expect(at(15, 15)).toBe(7_000_000);
    expect(at(6 * 60, 60)).toBe(2_000_000);
    expect(at(24 * 60, 24 * 60)).toBe(1_250_000);
  });

  test.each([5, 60, 360, 1_440])(
    'moves by at most a minute of it a minute, window of %i minutes',
    (minutes) => {
      const most = 6_000_000 / Math.min(minutes, 60);
      let before = weekIndexAt(week, { asOf: sundayEvening - hour, minutes });
      for (let asOf = sundayEvening - hour; asOf < sundayEvening + 27 * hour; asOf += 10_000) {
        const now = weekIndexAt(week, { asOf, minutes });
        expect(Math.abs(now - before)).toBeLessThanOrEqual(most * (60 / Math.max(60, minutes)) + 1);
        before = now;
      }
    },
  );
});
