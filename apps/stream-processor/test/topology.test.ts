import { topics } from '@trending/schemas';
import { describe, expect, it } from 'vitest';
import { windowLevels } from '../src/domain/window-level.ts';
import { candidateSetOf } from '../src/state/candidate-sets.ts';
import { roleNames, topology } from '../src/topology.ts';
import { formulaRecord, suppressRecord } from './support/control-words.ts';
import { TopologyDriver } from './support/topology-driver.ts';

const startsAt = 1_700_000_000_000;
const minute = 60_000;

describe('topology', () => {
  it('declares what flows where, and nothing else', () => {
    const names = roleNames.map((role) => {
      const { reads, writes } = topology[role];
      const name = (end: (typeof reads | typeof writes)[number]) =>
        typeof end === 'string' ? end : end.name;
      return `${role}: ${reads.map(name).join(', ')} → ${writes.map(name).join(', ')}`;
    });
    expect(names).toMatchInlineSnapshot(`
      [
        "aggregate: token.views.v1, token.view-deltas.v1, token.metadata.v1, viewer.journeys.v1 → token.view-deltas.v1, token.candidates.v1, token.views.dlq.v1, viewer.sightings.v1",
        "journey: viewer.sightings.v1 → viewer.journeys.v1",
        "rank: token.candidates.v1, trending.control.v1 → token.rankings.v1, token.features.v1",
        "sink: token.views.v1, token.rankings.v1, token.features.v1, token.metadata.v1 → token_views, board_history, feature_history, token_metadata, token.metadata.v1",
      ]
    `);
  });

  it('takes a view to a board at once when nothing else happens', () => {
    const driver = new TopologyDriver();
    driver.advanceWallClock(10_500);
    const before = driver.read('boards').length;
    driver.pipe('eth:0xa', { viewer: 7 });
    const board = driver
      .read('boards')
      .slice(before)
      .find(({ formula, window, scope }) => `${formula.id} ${window} ${scope}` === 'views 5m all');
    expect(board?.items.map(({ token, rawViews }) => [token, rawViews])).toEqual([['eth:0xa', 1]]);
    expect(board?.asOf).toBe(driver.now);
  });

  it('spaces emissions under load and loses none of it', () => {
    const driver = new TopologyDriver({ partitions: 1 });
    driver.advanceWallClock(10_000);
    const before = driver.read('candidates').length;
    for (let i = 0; i < 100; i += 1) {
      driver.pipe('eth:0xa', { viewer: i });
      driver.advanceWallClock(10);
    }
    driver.advanceWallClock(100);
    const sets = driver.read('candidates').slice(before);
    const of5m = sets.filter(({ window }) => window === '5m');
    expect(of5m.length).toBeGreaterThanOrEqual(10);
    expect(of5m.length).toBeLessThanOrEqual(12);
    expect(of5m.at(-1)?.items[0]).toMatchObject({ token: 'eth:0xa', views: 100, visitors: 100 });
  });

  it('emits at every pane boundary of an idle partition, and only then', () => {
    const driver = new TopologyDriver({ partitions: 1, startsAt });
    driver.pipe('eth:0xa');
    driver.advanceWallClock(5_000);
    const before = driver.read('candidates').length;
    driver.advanceWallClock(minute);
    const sets = driver.read('candidates').slice(before);
    expect(sets.filter(({ window }) => window === '5m')).toHaveLength(6);
    expect(sets.filter(({ window }) => window === '1h')).toHaveLength(1);
    expect(sets.every(({ asOf, lastPane }) => lastPane <= asOf)).toBe(true);
  });

  it('lets views leave the window pane by pane although the log stands still', () => {
    const driver = new TopologyDriver({ partitions: 1 });
    driver.pipe('eth:0xa');
    driver.advanceWallClock(5 * minute + 20_000);
    const last = driver.read('candidates').findLast(({ window }) => window === '5m');
    expect(last).toMatchObject({ totals: [{ scope: 'all', tokens: 0 }], items: [] });
  });

  it('rebuilds after a crash to the bytes of a process that never stopped', () => {
    const [one, other] = [new TopologyDriver(), new TopologyDriver()];
    for (const driver of [one, other]) {
      for (let i = 0; i < 60; i += 1) {
        driver.pipe(`eth:0x${i % 17}`, {
          viewer: i % 40,
          eventId: i % 50,
          at: driver.now - 100 * (i % 90),
        });
        driver.advanceWallClock(777);
        if (driver === other && i % 20 === 19) {
          driver.crash();
          driver.restart();
        }
      }
    }
    const sets = (driver: TopologyDriver) =>
      ['eth:0x1', 'eth:0x2'].flatMap((token) => {
        const { state, partition } = driver.task(token);
        state.store.advance(driver.now);
        const identity = { partition, epoch: 1, metadataOffset: 0 };
        const all = windowLevels.map((level) => candidateSetOf(state, level, identity));
        // What is told twice is found out twice.
        return all.map((set) => ({ ...set, journeyOffset: 0 }));
      });
    expect(sets(other)).toEqual(sets(one));
    expect(Math.max(...sets(one).flatMap(({ site }) => site.came))).toBeGreaterThan(5);
    expect(other.task('eth:0x1').epoch).toBe(4);
  });

  it('emits nothing while it catches up', () => {
    const driver = new TopologyDriver({ partitions: 1 });
    for (let i = 0; i < 10; i += 1) driver.pipe('eth:0xa', { viewer: i });
    driver.advanceWallClock(1_000);
    const before = driver.read('candidates').length;
    driver.crash();
    driver.restart();
    const [first] = driver.read('candidates').slice(before);
    expect(first).toMatchObject({ inputOffset: 10, epoch: 2 });
  });

  it('gives every record one fate and puts what is no view aside with its bytes', () => {
    const driver = new TopologyDriver({ partitions: 1 });
    driver.pipe('eth:0xa', { eventId: 5 });
    driver.pipe('eth:0xa', { eventId: 5 });
    driver.pipe('eth:0xa', { at: driver.now + 61_000, viewer: 2 });
    driver.pipe('eth:0xa', { flags: 1, viewer: 3 });
    driver.pipe('eth:0xa', { at: driver.now - minute, viewer: 4 });
    const value = Buffer.from('no avro');
    driver.pipeRecord({ key: 'eth:0xa', value });
    driver.pipeRecord({ key: 'eth:0xa', value: null });
    expect(driver.task('eth:0xa').state.counts).toMatchObject({
      accepted: 7,
      counted: 1,
      duplicate: 1,
      filtered: 1,
      lateCounted: 1,
      deadLettered: 3,
    });
    expect(driver.task('eth:0xa').state.counts.residual()).toBe(0);
    const reasons = driver
      .read('deadLetters')
      .map(({ headers }) => headers?.['__trending.errors.reason']);
    expect(reasons).toEqual(['future_timestamp', 'bad_magic', 'avro']);
    expect(driver.read('deadLetters')[1]).toMatchObject({ value });
    expect(topics.deadLetters.value).toBeNull();
  });

  it('ranks by the formula that is in force at the board’s event time', () => {
    const driver = new TopologyDriver({ partitions: 2, startsAt });
    const from = startsAt + 30_000;
    expect(driver.say(formulaRecord('views', { parameters: { minViews: 2 }, from }))).toBe(
      undefined,
    );
    for (const viewer of [1, 2]) driver.pipe('eth:0xa', { viewer });
    driver.pipe('eth:0xb');
    for (let second = 0; second < 60; second += 1) driver.advanceWallClock(1_000);
    const boards = driver
      .read('boards')
      .filter(({ formula, window, scope }) => `${formula.id}${window}${scope}` === 'views5mall');
    for (const { asOf, formula } of boards) expect(formula.version).toBe(asOf >= from ? 2 : 1);
    const last = (version: number) =>
      boards.findLast(({ formula }) => formula.version === version)?.items.map((i) => i.token);
    expect([last(1), last(2)]).toEqual([['eth:0xa', 'eth:0xb'], ['eth:0xa']]);
  });

  it('obeys operators on every board of an idle site within one pane of the shortest window', () => {
    const driver = new TopologyDriver({ partitions: 2, startsAt });
    for (const token of ['eth:0xa', 'eth:0xb']) driver.pipe(token);
    driver.advanceWallClock(20 * minute);
    const from = driver.now + 15 * minute;
    driver.say(suppressRecord('eth:0xa'));
    driver.say(formulaRecord('views', { parameters: { minViews: 2 }, from }));
    const saidAt = driver.now;
    const last = (window: string) =>
      driver
        .read('boards')
        .findLast((b) => `${b.formula.id} ${b.window} ${b.scope}` === `views ${window} all`);
    driver.advanceWallClock(10_000);
    for (const window of ['1h', '6h', '24h']) {
      expect(
        last(window)?.items.map(({ token }) => token),
        window,
      ).toEqual(['eth:0xb']);
      expect(last(window)?.asOf, window).toBeGreaterThan(saidAt);
      expect(last(window)?.formula.version, window).toBe(1);
    }
    driver.advanceWallClock(15 * minute);
    for (const window of ['1h', '6h', '24h']) {
      expect(last(window)?.formula.version, window).toBe(2);
      expect(last(window)?.asOf, window).toBeLessThan(from + 10_000);
    }
  });

  it('moves a token to another category at the metadata offset that its boards name', () => {
    const driver = new TopologyDriver({ partitions: 1, startsAt });
    const metadata = (categories: readonly string[]) => ({
      ...{ chain: 'eth', address: '0xa', name: 'A', symbol: 'A', categories },
      ...{ createdAt: null, logoUri: null, updatedAt: 0 },
    });
    const assign = (offset: number, categories: readonly string[]) => {
      driver.categories.apply(offset, 'eth:0xa', metadata(categories));
      driver.store('eth:0xa').recategorise('eth:0xa');
      driver.advanceWallClock(3_000);
    };
    driver.pipe('eth:0xa');
    driver.advanceWallClock(3_000);
    assign(6, ['meme']);
    assign(7, ['defi']);
    const boards = driver.read('boards').filter(({ window }) => window === '5m');
    const shown = (scope: string) =>
      boards.flatMap((board) =>
        board.formula.id === 'views' && board.scope === scope && board.items.length > 0
          ? board.cut.map(({ metadataOffset }) => metadataOffset)
          : [],
      );
    expect(new Set(shown('category:meme'))).toEqual(new Set([7]));
    expect(new Set(shown('category:defi'))).toEqual(new Set([8]));
    const last = boards.findLast(({ scope }) => scope === 'category:meme');
    expect(last).toMatchObject({ items: [], cut: [{ metadataOffset: 8 }] });
  });
});
