import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@trending/runtime/usage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBoards } from '../../src/rank-plot/boards-file.ts';
import { rankPlotOptions } from '../../src/rank-plot/options.ts';

describe('the command line of a rank plot', () => {
  test('has defaults for all but the file', () => {
    expect(rankPlotOptions(['boards.ndjson'])).toEqual({
      path: 'boards.ndjson',
      board: { formula: 'classic', window: '24h', scope: 'all' },
      everyMs: 12 * 3_600_000,
      ranksMax: 10,
      title: 'Ranks on classic 24h all',
      subtitle: 'formula classic, window 24h, a point every 12 h, UTC',
      out: 'ranks.svg',
    });
    expect(rankPlotOptions(['b', '--every', '0.5', '--title', 'T'])).toMatchObject({
      everyMs: 1_800_000,
      title: 'T',
    });
    expect(rankPlotOptions(['--help', '--ranks', 'x'])).toBe('help');
  });

  test.each([
    [[], 'give the file of a replay'],
    [['a', 'b'], 'one file only, not also b'],
    [['a', '--every', '0'], '--every 0: give a number from 0.01'],
    [['a', '--every', 'day'], '--every day: give a number from 0.01'],
    [['a', '--ranks', '2.5'], '--ranks 2.5: give a whole number from 1 to 100'],
  ])('%j is refused', (args, message) => {
    expect(() => rankPlotOptions(args)).toThrow(UsageError);
    expect(() => rankPlotOptions(args)).toThrow(message);
  });
});

describe('the file of a replay', () => {
  const wanted = { formula: 'classic', window: '24h', scope: 'all' };
  const board = { asOf: 5, items: [{ rank: 1, token: 'nab:A' }] };
  const line = JSON.stringify({
    ...board,
    formula: { id: 'classic' },
    window: '24h',
    scope: 'all',
  });
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rank-plot-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function fileOf(...lines: string[]): Promise<string> {
    const path = join(folder, 'boards.ndjson');
    await writeFile(path, `${lines.join('\n')}\n`);
    return path;
  }

  test('is read but for other boards', async () => {
    const other = line.replace('24h', '1h');
    expect(await readBoards(await fileOf(line, other, '', line), wanted)).toEqual([board, board]);
  });

  test('that is not there, or a folder, is named', async () => {
    for (const path of [join(folder, 'none.ndjson'), folder]) {
      const reading = readBoards(path, wanted);
      await expect(reading).rejects.toThrow(UsageError);
      await expect(reading).rejects.toThrow(`${path} cannot be read: `);
    }
  });

  test.each(['{', 'null', '{}', '[1]', '{"formula":{"id":"classic"},"asOf":5}'])(
    'is told the line that is no board: %s',
    async (bad) => {
      const path = await fileOf(line, bad);
      const reading = readBoards(path, wanted);
      await expect(reading).rejects.toThrow(UsageError);
      await expect(reading).rejects.toThrow(`${path}, line 2 is no board of a replay: `);
    },
  );
});
