import type { Board, BoardItem } from '@trending/schemas';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fates, LogReader, otherwise } from '../support/crooked-log.ts';
import { type LoggedView, SteppedTopology } from '../support/stepped-topology.ts';
import {
  categories,
  judgedFrom,
  judgedTo,
  siteStart,
  trendingSite,
} from '../support/trending-site.ts';

const windows = ['5m', '1h', '6h', '24h'] as const;
const startsAt = siteStart + 60_000;

const everyFlag = [
  ...[
    'burst',
    'few-looks',
    'few-networks',
    'odd-cadence',
    'one-country',
    'one-source',
    'pump',
    'suspected',
  ],
];
/** How a log is read. `restartAt`: step after which everybody dies; 0 = nobody does. */
interface Way {
  readonly partitions: number;
  readonly restartAt: number;
}

/** End of the step that a time lies in; before boards are compared there are none. */
function borderOf(stepMs: number): (timestamp: number) => number {
  const stepAt = (time: number) => judgedFrom + Math.ceil((time - judgedFrom) / stepMs) * stepMs;
  return (timestamp) => Math.max(judgedFrom, stepAt(timestamp));
}

/** What every step shows, and the board of the hour. */
function* stepsOf(log: readonly LoggedView[], stepMs: number, { partitions, restartAt }: Way) {
  const restarts = restartAt > 0;
  const service = new SteppedTopology({
    ...{ startsAt, partitions, windows, restarts, known: categories },
  });
  const reader = new LogReader(log);
  for (let asOf = judgedFrom, step = 1; asOf <= judgedTo; asOf += stepMs, step += 1) {
    service.fold(reader.until(asOf));
    if (step === restartAt) service.restart();
    service.step(asOf);
    yield { shown: service.shownBytes(), hour: service.board('trending') };
  }
}

const scored = ({ items }: Board, leastMicro: number) =>
  items.filter(({ scoreMicro }) => scoreMicro > leastMicro);

/** Everything that could differ is there: without it, equal boards would prove nothing. */
function expectTrends(hours: readonly Board[]): void {
  for (const hour of hours) {
    expect(scored(hour, 2_000_000).length).toBeGreaterThan(5);
    expect(hour.items.filter(({ flags }) => flags.length > 0).length).toBeGreaterThan(5);
    for (const item of hour.items) expectExplained(item);
  }
  const all = hours.flatMap(({ items }) => items);
  const states = new Set(all.map(({ state }) => state));
  expect([...states].sort()).toEqual(['cooling', 'new', 'peak', 'rising', 'steady']);
  const flags = new Set(all.flatMap((item) => item.flags));
  expect([...flags].sort()).toEqual(everyFlag);
  for (const part of ['surprise', 'support', 'lasting', 'early', 'looks', 'integrity'])
    expect(all.filter((item) => partOf(item, part) !== 0).length, part).toBeGreaterThan(5);
  expect(all.some(({ expected }) => expected > 10_000_000)).toBe(true);
}

function expectExplained({ contributions, scoreMicro }: BoardItem): void {
  expect(contributions.reduce((sum, { micro }) => sum + micro, 0)).toBe(scoreMicro);
}

function partOf({ contributions }: BoardItem, part: string): number {
  return contributions.find(({ name }) => name === part)?.micro ?? 0;
}

/** One board's difference says more than that of all of them. */
function expectSame(crooked: readonly string[], straight: readonly string[]): void {
  const at = straight.findIndex((board, index) => board !== crooked[index]);
  if (at >= 0) expect(crooked[at]).toBe(straight[at]);
  expect(crooked).toHaveLength(straight.length);
}

test('boards full of trends are the same bytes for every order of arrival, copies, number of partitions and restart', {
  timeout: 180_000,
}, () => {
  const ways = fc.record({
    seed: fc.integer({ min: 1, max: 6 }),
    stepMs: fc.constantFrom(10_000, 15_000, 20_000, 30_000),
    partitions: fc.integer({ min: 1, max: 7 }),
    restartAt: fc.integer({ min: 0, max: 10 }),
  });
  fc.assert(
    fc.property(ways, fates, ({ seed, stepMs, ...way }, drawn) => {
      const log = trendingSite(seed);
      const straight = [...stepsOf(log, stepMs, { partitions: 1, restartAt: 0 })];
      expectTrends(straight.map(({ hour }) => hour));
      const crooked = stepsOf(otherwise(log, drawn, borderOf(stepMs)), stepMs, way);
      for (const { shown } of straight) expectSame(crooked.next().value?.shown ?? [], shown);
    }),
    { numRuns: 3 },
  );
});
