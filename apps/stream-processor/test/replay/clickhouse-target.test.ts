import { AppError } from '@trending/runtime';
import { describe, expect, test } from 'vitest';
import { fenceBoard } from '../../src/domain/board-fold.ts';
import { createClickHouseTarget } from '../../src/replay/clickhouse-target.ts';
import type { RowBlock } from '../../src/tasks/sink-ports.ts';

function sink(failures = 0) {
  const blocks: RowBlock[] = [];
  let left = failures;
  let isClosed = false;
  return {
    blocks,
    isClosed: () => isClosed,
    insert: async (block: RowBlock) => {
      left -= 1;
      if (left >= 0)
        throw new AppError({
          code: 'CLICKHOUSE_UNAVAILABLE',
          message: 'away for a moment',
          retriable: true,
        });
      blocks.push(block);
    },
    newestViewOffset: async () => -1,
    close: async () => {
      isClosed = true;
    },
  };
}

const board = (seq: number) => ({ ...fenceBoard('owner', 1_000), window: '1h', seq });
const rowsOf = ({ body }: RowBlock) =>
  Buffer.concat(body)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a replay into ClickHouse', () => {
  test('adds rows of the board history that tell themselves from live ones', async () => {
    const rows = sink();
    const target = createClickHouseTarget(rows);
    await target.write('k', board(1));
    await target.write('k', board(2));
    await target.finish();
    expect(rows.blocks.map(({ table, rows: count }) => [table, count])).toEqual([
      ['board_history', 2],
    ]);
    expect(rowsOf(rows.blocks[0]!)).toMatchObject([
      { _partition: 65_535, _offset: 0, seq: 1, window: '1h' },
      { _partition: 65_535, _offset: 1, seq: 2 },
    ]);
    expect(rows.isClosed()).toBe(true);
  });

  test('gives the same rows the same token, so running it again changes nothing', async () => {
    const tokens = [];
    for (const seq of [7, 7, 8]) {
      const rows = sink();
      const target = createClickHouseTarget(rows);
      await target.write('k', board(seq));
      await target.finish();
      tokens.push(rows.blocks[0]?.token);
    }
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).not.toBe(tokens[0]);
  });

  test('repeats a block that did not get through', async () => {
    const rows = sink(1);
    const target = createClickHouseTarget(rows);
    await target.write('k', board(1));
    await target.finish();
    expect(rows.blocks).toHaveLength(1);
  });
});
