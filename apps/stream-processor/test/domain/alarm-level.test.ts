import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AlarmPast,
  alarmLevelMicro,
  filledPasts,
  levelOnSite,
} from '../../src/domain/alarm-level.ts';

const hourMs = 3_600_000;
const asOf = Date.UTC(2026, 4, 20, 12);
const micro = 1_000_000;
const exact = (observed: number, hours: readonly number[]) =>
  alarmLevelMicro({
    observedMicro: observed * micro,
    asOf,
    hours: hours.map((value) => value * micro),
    newestHourEnd: asOf - hourMs,
  });
const filledLevels = (hours: readonly number[]) => {
  const completed = { hours, asOf, newestHourEnd: asOf - hourMs };
  const pasts = filledPasts(completed, new AlarmPast(completed));
  return pasts.map((past) => past.levelMicro({ observedMicro: 50 * micro, asOf }));
};
const levelOf = (observed: number, hours: readonly number[]) => exact(observed, hours) / micro;
const steady = new Array<number>(168).fill(20);

describe('an alarm level', () => {
  test('is nothing for the usual, and rises with what is unusual', () => {
    expect(levelOf(20, steady)).toBe(0);
    expect(levelOf(60, steady)).toBeGreaterThan(4);
    expect(levelOf(120, steady)).toBeGreaterThan(levelOf(60, steady));
  });

  test('expects again what came at this time on the days before', () => {
    const daily = steady.map((value, age) => (age % 24 === 22 || age % 24 === 23 ? 80 : value));
    expect(levelOf(80, daily)).toBeLessThan(levelOf(80, steady) / 3);
  });

  test('is lower for a token that often jumps', () => {
    const jumpy = steady.map((value, age) => (age % 5 === 0 ? 3 * value : value / 2));
    expect(levelOf(70, jumpy)).toBeLessThan(levelOf(70, steady) / 2);
  });

  test('says nothing without a past', () => {
    expect(levelOf(50, [])).toBe(0);
  });

  test('fills a past up with empty hours before the first, and says for how many', () => {
    const inputs = { observedMicro: 50 * micro, asOf, newestHourEnd: asOf - hourMs };
    const [half = 0, day = 0, days = 0, ...more] = filledLevels([]);
    expect(more).toEqual([]);
    expect([half, day, days].every((level) => level > 10 * micro)).toBe(true);
    const some = Array.from({ length: 20 }, (_, age) => (age % 2 === 0 ? 20 * micro : 0));
    some.splice(0, 2, 0, 0);
    const own = alarmLevelMicro({ ...inputs, hours: some });
    const filled = filledLevels(some);
    expect(filled[0]).toBe(own);
    expect(filled[1]).toBe(exact(50, [...some.map((hour) => hour / micro), 0, 0, 0, 0]));
    const known = [...new Array<number>(12).fill(micro), ...some.map(() => 0)];
    expect(filledLevels(known)).toEqual([]);
    expect(filledLevels(known.slice(1))).not.toEqual([]);
  });

  test('goes by the longest of them that the site is watched for', () => {
    const token = { alarmMicro: 1, alarmFilled: [2, 3, 4] };
    const at = (siteHours: number) => levelOnSite(token, siteHours);
    expect([11, 12, 23, 24, 47, 48, 500].map(at)).toEqual([1, 2, 2, 3, 3, 4, 4]);
    expect(levelOnSite({ ...token, alarmFilled: [] }, 48)).toBe(1);
  });

  test('leaves the hour before out: a burst is not measured against itself', () => {
    const before = { observedMicro: 90 * micro, asOf, newestHourEnd: asOf };
    const hours = steady.map((value) => value * micro);
    const level = (newest: number) => alarmLevelMicro({ ...before, hours: [newest, ...hours] });
    expect(level(90 * micro)).toBe(level(20 * micro));
  });

  test('is an integer that never falls with one visitor more', () => {
    const hours = fc.array(fc.nat(500), { maxLength: 168 });
    fc.assert(
      fc.property(fc.nat(1_000), hours, (observed, past) => {
        const [less, more] = [levelOf(observed, past), levelOf(observed + 1, past)];
        expect(Number.isSafeInteger(exact(observed, past))).toBe(true);
        expect(more).toBeGreaterThanOrEqual(less);
      }),
    );
  });
});
