import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fenceBoard } from '../../src/domain/board-fold.ts';
import { createFileTarget } from '../../src/replay/file-target.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a replay into a file', () => {
  test('writes a board a line and names the hash of the file', async () => {
    const path = join(folder, 'boards.ndjson');
    const target = createFileTarget(path);
    for (let seq = 0; seq < 2_000; seq += 1)
      await target.write('k', { ...fenceBoard('owner', 5), seq });
    const { into, sha256 } = await target.finish();
    const bytes = await readFile(path);
    expect([into, sha256]).toEqual([path, createHash('sha256').update(bytes).digest('hex')]);
    const lines = bytes.toString().trimEnd().split('\n');
    expect(lines).toHaveLength(2_000);
    expect(JSON.parse(lines[1_999] ?? '')).toMatchObject({ seq: 1_999 });
  });

  test('fails at the end at the latest when the file cannot be written', async () => {
    const target = createFileTarget(join(folder, 'no', 'such', 'folder'));
    await target.write('k', fenceBoard('owner', 5));
    await expect(target.finish()).rejects.toThrow('ENOENT');
  });
});
