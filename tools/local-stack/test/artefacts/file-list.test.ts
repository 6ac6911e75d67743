import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { damageIn, filesIn, writeFileList } from '../../src/artefacts/file-list.ts';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'files-'));
  mkdirSync(join(folder, 'lib'));
  writeFileSync(join(folder, 'run.jar'), 'main');
  writeFileSync(join(folder, 'lib/a.jar'), 'a');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a fetched folder', () => {
  test('is not trusted before its list is written', () => {
    expect(damageIn(folder, [])).toBe('not fetched');
  });

  test('is whole when every listed file has its size', async () => {
    writeFileList(folder, await filesIn(folder));
    expect(damageIn(folder, ['run.jar', 'lib/a.jar'])).toBeUndefined();
  });

  test('is damaged when a file is gone, or longer, or shorter', async () => {
    writeFileList(folder, await filesIn(folder));
    appendFileSync(join(folder, 'lib/a.jar'), 'more');
    expect(damageIn(folder, [])).toContain('lib/a.jar');
    rmSync(join(folder, 'lib/a.jar'));
    expect(damageIn(folder, [])).toContain('lib/a.jar');
  });

  test('is damaged when what it is fetched for never came', async () => {
    writeFileList(folder, await filesIn(folder));
    expect(damageIn(folder, ['kafka.jar'])).toContain('kafka.jar is not in');
  });

  test('is damaged when its list is cut short', () => {
    writeFileSync(join(folder, 'files.json'), '{"run.jar":');
    expect(damageIn(folder, [])).toContain('not readable');
  });
});
