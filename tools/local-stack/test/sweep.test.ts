import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runningStacks, writeRunFile } from '../src/run-file.ts';
import { sweepDeadRuns } from '../src/sweep.ts';
import { exampleStack } from './support/example-stack.ts';

/** Above every pid Linux hands out. */
const deadPid = 4_999_999;
const dayMs = 24 * 3_600_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sweep-'));
  for (const offset of [0, 100, 200])
    mkdirSync(join(folder, `${offset}/data`), { recursive: true });
  writeRunFile(folder, { ...exampleStack, offset: 0 });
  writeRunFile(folder, { ...exampleStack, offset: 100, pid: deadPid });
});
afterEach(() => rmSync(folder, { recursive: true }));

const has = (path: string) => existsSync(join(folder, path));

describe('sweeping', () => {
  test('removes the data of a killed stack, and spares a living one and one that is just starting', () => {
    sweepDeadRuns(folder, Date.now());
    expect([has('0/data'), has('100/data'), has('200/data')]).toEqual([true, false, true]);
    expect(has('100')).toBe(true);
    expect(has('100.json')).toBe(false);
    expect(runningStacks(folder)).toHaveLength(1);
  });

  test('removes logs of dead stacks after a day', () => {
    sweepDeadRuns(folder, Date.now() + 2 * dayMs);
    expect([has('0'), has('100'), has('200')]).toEqual([true, false, false]);
  });

  test('of a folder that is not there does nothing', () => {
    expect(() => sweepDeadRuns(join(folder, 'absent'), 0)).not.toThrow();
  });
});
