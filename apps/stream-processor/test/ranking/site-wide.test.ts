import type { WindowName } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import {
  hourMs,
  minuteMs,
  popularity,
  type RateOf,
  SiteTraffic,
  tokenNames,
} from '../support/site-traffic.ts';
import { SteppedTopology } from '../support/stepped-topology.ts';

const tokens = tokenNames(40);
const start = Date.UTC(2026, 0, 5);
const fiveMinutes = 5 * minuteMs;
/** Half a second of work each, on a machine that may be busy; ms. */
const timeout = 60_000;

/** A service and its traffic; `run` folds and steps every five minutes up to `to`, and looks at each step. */
function serviceOf(rateOf: RateOf, windows: readonly WindowName[] = ['1h']) {
  const categoriesOf = (token: string) => (token === tokens[19] ? ['meme'] : []);
  const service = new SteppedTopology({ startsAt: start, windows, known: { categoriesOf } });
  const traffic = new SiteTraffic({ tokens, rateOf }, 5);
  let now = start;
  return {
    service,
    warmUp(to: number) {
      service.fold(traffic.views(now, to));
      now = to;
    },
    run(to: number, look: (at: number) => void) {
      for (; now < to; now += fiveMinutes) {
        service.fold(traffic.views(now, now + fiveMinutes));
        service.step(now + fiveMinutes);
        look(now + fiveMinutes);
      }
    },
  };
}

describe('a service that begins with nothing', () => {
  test('lists the most viewed first, raises no flag in its first day, and finds a burst in it', {
    timeout,
  }, () => {
    const burst = start + 8 * hourMs;
    const rateOf = (token: number, at: number) =>
      popularity(token, 3) * (token === 30 && at >= burst ? 20 : 1);
    const { service, run } = serviceOf(rateOf);
    const flagged = new Set<string>();
    const look = () => {
      for (const { token, flags } of service.board('trending').items)
        if (flags.length > 0) flagged.add(`${token} ${flags.join(' ')}`);
    };
    run(start + hourMs, look);
    expect(service.board('views').items[0]?.token).toBe(tokens[0]);
    expect(service.board('trending').items[0]?.token).toBe(tokens[0]);
    run(burst, look);
    expect([...flagged]).toEqual([]);
    run(burst + hourMs / 2, look);
    expect(service.board('trending').items[0]?.token).toBe(tokens[30]);
    expect([...flagged].every((flag) => flag.startsWith(`${tokens[30]} `))).toBe(true);
    expect([...flagged].some((flag) => flag.includes('burst'))).toBe(true);
  });
});

describe('a surge of the whole site', () => {
  test('times five changes no rank by views, lets nobody trend and raises no flag', {
    timeout,
  }, () => {
    const surge = start + 30 * hourMs;
    const rateOf = (token: number, at: number) => popularity(token, 1.5) * (at >= surge ? 5 : 1);
    const { service, warmUp, run } = serviceOf(rateOf);
    warmUp(surge - hourMs);
    let best = { before: 0, after: 0 };
    run(surge + 2 * hourMs, (at) => {
      const [first] = service.board('trending').items;
      const score = (first?.scoreMicro ?? 0) / 1e6;
      if (at <= surge) best = { ...best, before: Math.max(best.before, score) };
      else best = { ...best, after: Math.max(best.after, score) };
      expect(service.board('trending').items.flatMap(({ flags }) => flags)).toEqual([]);
      expect(service.board('views').items[0]?.token).toBe(tokens[0]);
    });
    expect(best.after).toBeLessThan(Math.max(2.5, best.before + 0.5));
  });
});

describe('one burst', () => {
  test('comes to the boards of shorter windows first and leaves them first, in all scopes alike', {
    timeout,
  }, () => {
    const burst = start + 30 * hourMs;
    const isOn = (at: number) => at >= burst && at < burst + hourMs / 2;
    const rateOf = (token: number, at: number) =>
      token === 19 && isOn(at) ? 2 : popularity(token, 1.5);
    const windows = ['5m', '1h', '6h'] as const;
    const { service, warmUp, run } = serviceOf(rateOf, windows);
    warmUp(burst);
    const seen = new Map<string, { first: number; last: number }>();
    run(burst + 3 * hourMs, (at) => {
      for (const window of windows)
        for (const scope of ['all', 'chain:sol', 'category:meme']) {
          const top = service.find('trending', window, scope)?.items[0];
          if (top?.token !== tokens[19] || (top?.scoreMicro ?? 0) < 2_000_000) continue;
          const key = `${window} ${scope}`;
          seen.set(key, { first: seen.get(key)?.first ?? at - burst, last: at - burst });
        }
    });
    const spanOf = (window: string, scope: string) =>
      seen.get(`${window} ${scope}`) ?? { first: Number.NaN, last: Number.NaN };
    const [short, hour, long] = windows.map((window) => spanOf(window, 'all'));
    expect(short?.first).toBeLessThanOrEqual(2 * fiveMinutes);
    expect(hour?.first).toBeGreaterThanOrEqual(short?.first ?? 0);
    expect(long?.first).toBeGreaterThanOrEqual(hour?.first ?? 0);
    expect(hour?.last).toBeGreaterThan(short?.last ?? 0);
    expect(long?.last).toBeGreaterThan(hour?.last ?? 0);
    for (const window of windows)
      for (const scope of ['chain:sol', 'category:meme'])
        expect(spanOf(window, scope).first, scope).toBeLessThanOrEqual(spanOf(window, 'all').first);
  });
});
