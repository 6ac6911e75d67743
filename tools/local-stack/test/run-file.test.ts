import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  readRunFile,
  removeRunFile,
  runFilePath,
  runningStacks,
  writeRunFile,
} from '../src/run-file.ts';
import { exampleStack } from './support/example-stack.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('run files', () => {
  test('read back as written, and leave no draft', () => {
    writeRunFile(folder, exampleStack);
    expect(readRunFile(runFilePath(folder, 0))).toEqual(exampleStack);
    expect(readdirSync(folder)).toEqual(['0.json']);
  });

  test('list living stacks by offset and pass over those whose supervisor is gone', () => {
    writeRunFile(folder, { ...exampleStack, offset: 300, pid: 3 });
    writeRunFile(folder, { ...exampleStack, offset: 20, pid: 2 });
    writeRunFile(folder, { ...exampleStack, offset: 0, pid: 1 });
    const offsets = runningStacks(folder, (pid) => pid !== 1).map(({ offset }) => offset);
    expect(offsets).toEqual([20, 300]);
  });

  test('that are damaged or foreign are passed over', () => {
    writeFileSync(join(folder, '7.json'), '{"offset":');
    writeFileSync(join(folder, 'notes.txt'), 'x');
    expect(runningStacks(folder)).toEqual([]);
    expect(runningStacks(join(folder, 'absent'))).toEqual([]);
  });

  test('are gone after removal, which may be asked twice', () => {
    writeRunFile(folder, exampleStack);
    removeRunFile(folder, 0);
    removeRunFile(folder, 0);
    expect(runningStacks(folder)).toEqual([]);
  });
});
