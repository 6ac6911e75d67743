import type { BoardItem } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import {
  dayMs,
  hourMs,
  minuteMs,
  popularity,
  type Site,
  SiteTraffic,
  tokenNames,
} from '../support/site-traffic.ts';
import { type LoggedView, SteppedTopology } from '../support/stepped-topology.ts';

const tokens = tokenNames(40);
/** Half a second of work each, on a machine that may be busy; ms. */
const timeout = 60_000;
/** A Monday, 00:00 UTC. */
const monday = Date.UTC(2026, 0, 5);
const steady: Site = { tokens, rateOf: (token) => popularity(token, 3) };

interface Look {
  readonly at: number;
  readonly items: readonly BoardItem[];
}

/** Boards of the hour every five minutes of `[from, to]`, of a service that has seen everything since `since`. */
function looks(
  site: Site,
  { since, from, to }: { readonly since: number; readonly from: number; readonly to: number },
): { readonly trending: readonly Look[]; readonly views: readonly Look[] } {
  const service = new SteppedTopology({ startsAt: since });
  const traffic = new SiteTraffic(site, 7);
  service.fold(traffic.views(since, from));
  const found = { trending: [] as Look[], views: [] as Look[] };
  for (let at = from; at <= to; at += 5 * minuteMs) {
    service.step(at);
    for (const formula of ['trending', 'views'] as const)
      found[formula].push({ at, items: service.board(formula).items });
    service.fold(traffic.views(at, at + 5 * minuteMs));
  }
  return found;
}

const best = (some: readonly Look[]) =>
  Math.max(0, ...some.map(({ items }) => items[0]?.scoreMicro ?? 0)) / 1e6;
const flags = (some: readonly Look[]) =>
  some.flatMap(({ items }) => items.flatMap((item) => item.flags));

describe('midnight', () => {
  test('is a time like any other: the same traffic twelve hours later gives the same boards', {
    timeout,
  }, () => {
    const boardsOf = (shift: number) => {
      const traffic = new SiteTraffic(steady, 3);
      const start = monday + 12 * hourMs;
      const service = new SteppedTopology({ startsAt: start + shift });
      const shown: unknown[] = [];
      for (let at = start; at < start + 14 * hourMs; at += 15 * minuteMs) {
        service.fold(shifted(traffic.views(at, at + 15 * minuteMs), shift));
        service.step(at + 15 * minuteMs + shift);
        for (const formula of ['trending', 'views', 'classic'])
          shown.push(service.board(formula).items.map((item) => timeless(item, shift)));
      }
      return shown;
    };
    const [overMidnight, overNoon] = [boardsOf(0), boardsOf(12 * hourMs)];
    expect(overMidnight.at(-1)).not.toEqual([]);
    expect(overMidnight).toEqual(overNoon);
  });

  test('moves no rank and no score of steady traffic, and raises no flag, though the keys of hashes rotate', {
    timeout,
  }, () => {
    const midnight = monday + 2 * dayMs;
    const site = { ...steady, keyAt: (at: number) => (at < midnight ? 1 : 2) };
    const span = { since: monday, from: midnight - 2 * hourMs, to: midnight + 2 * hourMs };
    const { trending, views } = looks(site, span);
    const before = trending.filter(({ at }) => at <= midnight);
    const after = trending.filter(({ at }) => at > midnight);
    expect(best(after)).toBeLessThan(Math.max(2, best(before) + 0.5));
    expect(flags(trending)).toEqual([]);
    for (const { items } of views) expect(items[0]?.token).toBe(tokens[0]);
  });
});

describe('a steady rhythm', () => {
  test('of week and weekend lets nobody trend on Monday morning', { timeout }, () => {
    const friday = monday - 3 * dayMs;
    const rhythm = (at: number) => {
      const hour = (at % dayMs) / hourMs;
      const isWeekend = at >= monday - 2 * dayMs && at < monday;
      return (isWeekend ? 0.3 : 1) * (hour < 7 ? 0.2 : 1);
    };
    const site = { tokens, rateOf: (t: number, at: number) => popularity(t, 3) * rhythm(at) };
    const span = { since: friday, from: monday + 6 * hourMs, to: monday + 12 * hourMs };
    const { trending } = looks(site, span);
    expect(best(trending)).toBeLessThan(2.5);
    expect(flags(trending)).toEqual([]);
  });

  test('of a token alone, busy for two hours every day, is not news on the third day', {
    timeout,
  }, () => {
    const regular = 20;
    const isBusy = (at: number) => at % dayMs >= 9 * hourMs && at % dayMs < 11 * hourMs;
    const rateOf = (busyFrom: number) => (token: number, at: number) =>
      popularity(token, 3) * (token === regular && isBusy(at) && at >= busyFrom ? 8 : 1);
    const span = {
      since: monday,
      from: monday + 2 * dayMs + 9 * hourMs,
      to: monday + 2 * dayMs + 11 * hourMs,
    };
    const everyDay = looks({ tokens, rateOf: rateOf(monday) }, span);
    const onlyNow = looks({ tokens, rateOf: rateOf(monday + 2 * dayMs) }, span);
    expect(best(onlyNow.trending)).toBeGreaterThan(5);
    expect(best(everyDay.trending)).toBeLessThan(best(onlyNow.trending) / 2);
  });
});

function* shifted(views: Iterable<LoggedView>, shift: number): Generator<LoggedView> {
  for (const { view, timestamp } of views) {
    const { viewedAt, receivedAt } = view;
    const later = { viewedAt: viewedAt + shift, receivedAt: receivedAt + shift };
    yield { view: { ...view, ...later }, timestamp: timestamp + shift };
  }
}

/** An item with its times told from the beginning of the traffic. */
function timeless(item: BoardItem, shift: number): BoardItem {
  const { since, stateSince, burstSince } = item;
  return {
    ...item,
    since: since - shift,
    stateSince: stateSince - shift,
    burstSince: burstSince === 0 ? 0 : burstSince - shift,
  };
}
