import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@trending/runtime/usage';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readNab } from '../../../src/evaluate/nab/nab-data.ts';
import { nabOptions } from '../../../src/evaluate/nab/options.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nab-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function write(labels: string, ...rows: string[]): void {
  writeFileSync(join(dir, 'combined_windows.json'), labels);
  mkdirSync(join(dir, 'realTweets'));
  const table = ['timestamp,value', ...rows, ''].join('\n');
  writeFileSync(join(dir, 'realTweets/Twitter_volume_AAPL.csv'), table);
}

function refused(): string {
  try {
    readNab(dir);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  return '';
}

describe('a copy of the benchmark', () => {
  test('is read by ticker, with its windows', () => {
    const name = 'realTweets/Twitter_volume_AAPL.csv';
    const window = ['2015-03-03 16:37:53.000000', '2015-03-04 18:37:53.000000'];
    write(JSON.stringify({ [name]: [window] }), '2015-02-26 21:42:53,104', '2015-02-26 21:47:53,0');
    const at = Date.UTC(2015, 1, 26, 21, 42, 53);
    expect(readNab(dir)).toEqual([
      {
        ticker: 'AAPL',
        points: [
          { at, count: 104 },
          { at: at + 300_000, count: 0 },
        ],
        windows: [[Date.UTC(2015, 2, 3, 16, 37, 53), Date.UTC(2015, 2, 4, 18, 37, 53)]],
      },
    ]);
  });

  test('that is not there is named', () => {
    expect(refused()).toContain(join(dir, 'combined_windows.json'));
    writeFileSync(join(dir, 'combined_windows.json'), '{}');
    expect(refused()).toContain(join(dir, 'realTweets'));
    mkdirSync(join(dir, 'realTweets'));
    expect(refused()).toContain('realTweets has no *.csv: give --data the folder');
  });

  test('is told where its labels are none', () => {
    write('nothing');
    expect(refused()).toMatch(/combined_windows\.json is no JSON/);
  });

  test.each([
    'soon,104',
    '2015-02-26 21:42:53',
    '2015-02-26 21:42:53,many',
    '2015-02-26 21:42:53,',
  ])('is told the line that is none: %s', (row) => {
    write('{}', '2015-02-26 21:37:53,1', row);
    expect(refused()).toContain(`AAPL.csv, line 3: give timestamp,value as`);
  });
});

describe('the command line', () => {
  test('must name the data, unless it asks for help', () => {
    expect(() => nabOptions([])).toThrow(UsageError);
    expect(() => nabOptions(['--json'])).toThrow(/give --data DIR/);
    expect(nabOptions(['--help'])).toBe('help');
    expect(nabOptions(['--data', 'nab', '--json'])).toEqual({ data: 'nab', json: true });
  });
});
