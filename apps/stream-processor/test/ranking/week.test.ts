import { weekKeyOf } from '@trending/schemas';
import { expect, test } from 'vitest';
import { hourOfWeek } from '../../src/domain/week-hours.ts';
import { rhythmHours, tokenWeekOf, weekSiteOf } from '../../src/domain/week-rhythm.ts';
import { levelOf } from '../../src/domain/window-level.ts';
import { Chance } from '../../src/evaluate/planted/random.ts';
import { CategoryTable } from '../../src/state/category-table.ts';
import {
  dayMs,
  hourMs,
  minuteMs,
  popularity,
  SiteTraffic,
  tokenNames,
} from '../support/site-traffic.ts';
import { SteppedTopology } from '../support/stepped-topology.ts';

const timeout = 60_000;
const tokens = tokenNames(40);
/** A Sunday, 20:00 UTC. */
const sunday = Date.UTC(2026, 1, 1, 20);
const regular = 12;
const name = tokens[regular] as string;
const times = 10;

/** One token has ten times its visitors every Sunday from 20:00 to 21:00. */
function weekly(token: number, at: number): number {
  const isPeak = token === regular && hourOfWeek(Math.floor(at / hourMs)) === 6 * 24 + 20;
  return popularity(token, 3) * (isPeak ? times : 1);
}

/** What is told of weeks by someone who read the roll-up of the hours before `until`. */
function toldBefore(until: number): CategoryTable {
  const chance = new Chance(5);
  const end = Math.floor(until / hourMs);
  const firstHour = end - rhythmHours;
  const own = tokens.map((_, token) =>
    Float64Array.from({ length: rhythmHours }, (_, at) =>
      chance.poisson(60 * weekly(token, (firstHour + at) * hourMs)),
    ),
  );
  const all = Float64Array.from({ length: rhythmHours }, (_, at) =>
    own.reduce((sum, views) => sum + (views[at] as number), 0),
  );
  const site = weekSiteOf(firstHour, all);
  const table = new CategoryTable();
  for (const [token, views] of own.entries()) {
    const week = tokenWeekOf(views, site);
    const key = weekKeyOf(tokens[token] as string);
    if (week !== undefined) table.apply(token, key, { week } as never);
  }
  return table;
}

/** The regular token's score on the board of the hour, every five minutes of the ninety from `from` on. */
function scores(known: CategoryTable, { from, rateOf }: { from: number; rateOf: typeof weekly }) {
  const since = from - 2 * dayMs;
  const service = new SteppedTopology({ startsAt: since, known });
  const traffic = new SiteTraffic({ tokens, rateOf }, 7);
  service.fold(traffic.views(since, from));
  const found: number[] = [];
  for (let at = from; at < from + 90 * minuteMs; at += 5 * minuteMs) {
    service.fold(traffic.views(at, at + 5 * minuteMs));
    service.step(at + 5 * minuteMs);
    const item = service.board('trending').items.find(({ token }) => token === name);
    found.push(item?.scoreMicro ?? 0);
  }
  return found;
}

test('a token that peaks at the same hour every week is no surprise then; without its week it would lead the board', {
  timeout,
}, () => {
  const told = toldBefore(sunday - 3 * hourMs);
  const at = { from: sunday, rateOf: weekly };
  expect(Math.max(...scores(told, at))).toBeLessThan(2_500_000);
  expect(Math.max(...scores(new CategoryTable(), at))).toBeGreaterThan(8_000_000);
});

test('the same rise at another hour of its week scores as if nothing were known of its weeks', {
  timeout,
}, () => {
  const tuesday = sunday + 2 * dayMs;
  const rising = (token: number, at: number) =>
    weekly(token, at) * (token === regular && at >= tuesday && at < tuesday + hourMs ? times : 1);
  const at = { from: tuesday, rateOf: rising };
  const told = scores(toldBefore(tuesday - 3 * hourMs), at);
  expect(Math.max(...told)).toBeGreaterThan(8_000_000);
  expect(told).toEqual(scores(new CategoryTable(), at));
});

test('tokens that follow the site have no week, though chance plays with all of them', () => {
  const told = toldBefore(sunday - 3 * hourMs);
  const others = tokens.slice(0, 15).filter((token) => token !== name);
  expect(others.filter((token) => told.weekOf(token) !== undefined)).toEqual([]);
});

test('nothing jumps at a full hour: what a week tells of every window moves from minute to minute', () => {
  const table = new CategoryTable();
  const indexMicro = new Array<number>(168).fill(1_000_000);
  indexMicro[6 * 24 + 20] = 7_000_000;
  table.apply(0, weekKeyOf(name), { week: { computedAt: 0, weeks: 4, indexMicro } } as never);
  const service = new SteppedTopology({ startsAt: sunday - dayMs, known: table });
  const traffic = new SiteTraffic({ tokens: [name], rateOf: () => 0.2 }, 7);
  service.fold(traffic.views(sunday - dayMs, sunday - 30 * minuteMs));
  let before: readonly number[] | undefined;
  const seen = new Set<number>();
  for (let at = sunday - 30 * minuteMs; at < sunday + 3 * hourMs; at += minuteMs) {
    service.fold(traffic.views(at, at + minuteMs));
    const index = service.featuresOf(levelOf('1h'), name, at + minuteMs).weekIndexMicro;
    expect(index).toHaveLength(3);
    for (const [period, minutes] of [60, 30, 15].entries()) {
      const step = Math.abs((index[period] as number) - (before?.[period] ?? 1_000_000));
      expect(step).toBeLessThanOrEqual(6_000_000 / minutes + 1);
      seen.add(index[period] as number);
    }
    before = index;
  }
  expect(Math.max(...seen)).toBe(7_000_000);
});
