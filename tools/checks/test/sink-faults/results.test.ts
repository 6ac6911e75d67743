import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@trending/runtime/usage';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openResults, openSlices } from '../../src/sink-faults/results.ts';
import type { SliceVerdict } from '../../src/sink-faults/run.ts';
import { isExact } from '../../src/sink-faults/tables.ts';

const counts = { rows: 9, places: 9, minute: 8, hour: 8, day: 8, cellsOff: 0, repaired: 0 };
const oracle = { views: 9, counted: 8, undecodable: 1 };
const verdict: SliceVerdict = {
  ...{ slice: 0, faults: 25, byName: { 'answer lost': 25 }, oracle, found: counts },
  ...{ sinkStarts: 0, clickhouseStarts: 0, seconds: 1, ok: true },
};
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sink-faults-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a run in slices', () => {
  const plan = { seed: 3, judgeEvery: 25 };

  test('goes on behind the verdicts it has', () => {
    const path = join(folder, 'deep', 'run.ndjson');
    openResults(path, plan, false).add(verdict);
    const { verdicts } = openResults(path, plan, true);
    expect(verdicts).toEqual([verdict]);
    expect(openSlices(60, 25, verdicts)).toEqual([
      { slice: 1, faults: 25 },
      { slice: 2, faults: 10 },
    ]);
  });

  test('never goes on with another seed, and never writes over an earlier run', () => {
    const path = join(folder, 'run.ndjson');
    openResults(path, plan, false);
    expect(() => openResults(path, { ...plan, seed: 4 }, true)).toThrow(UsageError);
    expect(() => openResults(path, plan, false)).toThrow(/--resume/);
    expect(() => openResults(join(folder, 'none'), plan, true)).toThrow(/without --resume/);
  });

  test('that was cut off while it wrote is told which line is half', () => {
    const path = join(folder, 'run.ndjson');
    openResults(path, plan, false).add(verdict);
    appendFileSync(path, '{"slice":');
    expect(() => openResults(path, plan, true)).toThrow(UsageError);
    expect(() => openResults(path, plan, true)).toThrow(`${path}, line 3 is no verdict`);
  });
});

describe('tables are exact', () => {
  test('when every count is what was published', () => {
    expect(isExact(counts, oracle)).toBe(true);
  });

  test.each([
    ['a row is missing', { rows: 8, places: 8 }],
    ['a row is there twice', { rows: 10 }],
    ['a minute lacks a view', { minute: 7 }],
    ['an hour has one too many', { hour: 9 }],
    ['a day has one too many', { day: 9 }],
    ['sums agree and cells do not', { cellsOff: 2 }],
  ])('but not when %s', (_, change) => {
    expect(isExact({ ...counts, ...change }, oracle)).toBe(false);
  });
});
