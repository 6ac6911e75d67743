import { createInMemoryLog, inMemorySerde } from '@trending/kafka/testing';
import { type Board, boardKey, type TokenMetadata, topics } from '@trending/schemas';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FoldedView } from '../../src/domain/folded-view.ts';
import { readCategories } from '../../src/replay/replay-source.ts';
import { CategoryTable } from '../../src/state/category-table.ts';
import { type VerifyBoardsPorts, verifyBoards } from '../../src/verify/verify-boards.ts';
import { TopologyDriver } from '../support/topology-driver.ts';

const folded = inMemorySerde<FoldedView>(topics.views);
const boardSerde = inMemorySerde<Board>(topics.rankings);
const partitions = 3;
const minute = 60_000;

function portsOf(driver: TopologyDriver): VerifyBoardsPorts {
  const { categories, control: rules } = driver;
  return {
    ...{ categories, rules, partitions, progressed: () => undefined },
    journeysEnd: driver.journeys.length,
    async *journeysOf(partition) {
      for (const [offset, journeys] of driver.journeys.entries())
        if (journeys.partition === partition) yield { offset, groups: journeys.groups };
    },
    async *views(partition, { from, to }) {
      for (const record of driver.logOf(partition).slice(from, to)) {
        const decoded = record.value && folded.decode(record.value);
        if (decoded) yield { record, decoded };
      }
    },
    offsetsForTime: async (time) =>
      new Map(
        [0, 1, 2].map((partition) => {
          const index = driver.logOf(partition).findIndex(({ timestamp }) => timestamp >= time);
          return [partition, index < 0 ? driver.logOf(partition).length : index];
        }),
      ),
  };
}

/** As it comes out of its topic. */
function stored(board: Board): Board {
  const decoded = boardSerde.decode(boardSerde.encode(board));
  if (!decoded?.ok) throw new Error('a board does not decode');
  return decoded.value;
}

const tokens = ['eth:0xa', 'eth:0xb', 'eth:0xc', 'sol:A', 'sol:B', 'base:0x1', 'base:0x2'];

describe('boards made again from their cuts', () => {
  let driver: TopologyDriver;
  let boards: Map<string, Board>;

  beforeAll(() => {
    driver = new TopologyDriver({ partitions });
    driver.categories.apply(0, 'eth:0xa', { categories: ['meme'] } as never);
    for (let round = 0; round < 12; round += 1) {
      for (const [index, token] of tokens.entries())
        for (let viewer = 0; viewer <= (index + round) % 5; viewer += 1)
          driver.pipe(token, { viewer: round * 7 + viewer, network: viewer });
      driver.advanceWallClock(5 * minute);
      if (round === 7)
        driver.say({
          key: 'suppress:sol:A',
          timestamp: driver.now,
          control: {
            ...{ kind: 'suppress', id: 'sol:A', version: 1, parameters: '{}' },
            ...{ effectiveFrom: driver.now, author: 'test', reason: 'test' },
          },
        });
    }
    boards = new Map(
      driver
        .read('boards')
        .map((board) => [boardKey(board.formula.id, board.window, board.scope), stored(board)]),
    );
  });

  test('are the same, whichever scope, window and formula, with a token held back', async () => {
    const verdicts = await verifyBoards(portsOf(driver), boards);
    expect(verdicts.filter(({ differences }) => differences.length > 0)).toEqual([]);
    const compared = verdicts.filter(({ skipped }) => skipped === undefined);
    expect(compared.length).toBeGreaterThan(40);
    expect(compared.some(({ places }) => places > 4)).toBe(true);
    expect(new Set(compared.map(({ key }) => key.split('|')[0]))).toEqual(
      new Set(['views', 'classic', 'trending']),
    );
  });

  test('name the rank that shows another score, and what was left out', async () => {
    const key = 'views|1h|all';
    const board = boards.get(key) as Board;
    const [first, ...others] = [...board.items];
    const forged: Board = { ...board, items: [{ ...first!, scoreMicro: 1 }, ...others] };
    const elsewhere: Board = {
      ...board,
      cut: board.cut.map((one) => ({ ...one, metadataOffset: 99 })),
    };
    const [one, two] = await verifyBoards(
      portsOf(driver),
      new Map([
        [key, forged],
        ['views|1h|chain:eth', elsewhere],
      ]),
    );
    expect(one?.differences).toEqual([
      `rank 1: ${first?.token} with 1, rebuilt ${first?.token} with ${first?.scoreMicro}`,
    ]);
    expect(two?.skipped).toContain('other categories');
  });
});

describe('boards of a token with a week of its own', () => {
  const topic = topics.metadata.name;
  const metadataSerde = inMemorySerde<TokenMetadata>(topics.metadata);
  const nothing = { name: '', symbol: '', categories: [], createdAt: null, logoUri: null };
  const indexMicro = Array.from({ length: 168 }, (_, hour) => 1_000_000 + 90_000 * (hour % 70));
  const week = { computedAt: 5, weeks: 4, indexMicro };
  const value = { chain: 'eth', address: '0xa', ...nothing, updatedAt: 5, week };

  /** What the topic of a service says that told the week after half an hour, and the boards that it wrote. */
  async function service() {
    const log = createInMemoryLog({
      topics: [{ name: topic, partitions: 1, config: { 'cleanup.policy': 'compact' } }],
    });
    const driver = new TopologyDriver({ partitions });
    for (let round = 0; round < 8; round += 1) {
      if (round === 4) {
        const key = 'week|eth:0xa';
        await log.append({ topic, partition: 0 }, [{ key, value: metadataSerde.encode(value) }]);
        driver.categories.apply(0, key, value);
      }
      for (const token of tokens)
        for (let viewer = 0; viewer < 12; viewer += 1)
          driver.pipe(token, { viewer: round * 12 + viewer, network: round * 12 + viewer });
      driver.advanceWallClock(10 * minute);
    }
    const boards = new Map(
      driver
        .read('boards')
        .filter(({ formula }) => formula.id === 'trending')
        .map((board) => [boardKey('trending', board.window, board.scope), stored(board)]),
    );
    return { log, driver, boards };
  }

  test('are the same made again with the week from its topic, and are others without it', async () => {
    const { log, driver, boards } = await service();
    const categories = await readCategories(log, metadataSerde, topic);
    expect(categories.offset).toBe(1);
    const verdicts = await verifyBoards({ ...portsOf(driver), categories }, boards);
    const compared = verdicts.filter(({ skipped, places }) => skipped === undefined && places > 0);
    expect(compared.length).toBeGreaterThan(6);
    expect(verdicts.flatMap(({ differences }) => differences)).toEqual([]);

    const forgetful = new CategoryTable();
    forgetful.skipTo(1);
    const without = await verifyBoards({ ...portsOf(driver), categories: forgetful }, boards);
    const others = without.flatMap(({ differences }) => differences);
    expect(others.length).toBeGreaterThan(3);
    expect(others.some((text) => text.includes('eth:0xa'))).toBe(true);
  });
});
