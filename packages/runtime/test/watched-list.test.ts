import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, createLogger, createWatchedList, type WatchedFile } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { afterEach, describe, expect, test } from 'vitest';

let lines: string[] = [];
let taken: (readonly string[])[] = [];
let list: WatchedFile | undefined;
afterEach(async () => {
  await list?.stop();
  [lines, taken] = [[], []];
});

const folder = mkdtempSync(join(tmpdir(), 'trending-list-'));
const path = join(folder, 'list');
const logger = createLogger({
  service: 'test',
  level: 'info',
  destination: { write: (line: string) => void lines.push(line) },
});
const watch = (wishes: { value?: string; path?: string; mayBeEmpty?: boolean } = {}) => {
  [list] = createWatchedList({
    ...{ variable: 'DOOR_SECRETS', value: '', path, mayBeEmpty: false, logger, ...wishes },
    take(items) {
      if (items.includes('bad'))
        throw new AppError({ code: 'CONFIG_INVALID', message: 'An entry is bad.' });
      taken.push(items);
    },
  });
  return list as WatchedFile;
};
const replace = (text: string) => {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
};

describe('a list of a variable', () => {
  test('is taken over at once, and nothing is watched', () => {
    expect(watch({ value: 'a, b', path: '' })).toBeUndefined();
    expect(taken).toEqual([['a', 'b']]);
  });

  test('is refused beside a file', () => {
    expect(() => watch({ value: 'a' })).toThrow('DOOR_SECRETS or DOOR_SECRETS_FILE, not both');
  });
});

describe('a list of a file', () => {
  test('has an entry a line, or commas between them', async () => {
    replace('\uFEFFa\r\nb\n\n c,d\n');
    await watch().start();
    expect(taken).toEqual([['a', 'b', 'c', 'd']]);
  });

  test('is taken over again within seconds of a change, and only then', async () => {
    replace('a');
    const watched = watch();
    await watched.start();
    await watched.refresh();
    expect(taken).toEqual([['a']]);
    replace('b,a');
    await until({ timeoutMs: 10_000, what: 'the new list' }, () => taken[1]);
    expect(taken).toEqual([['a'], ['b', 'a']]);
  });

  test.each<[string, () => void, RegExp]>([
    ['a bad entry', () => replace('a,bad,canary'), /An entry is bad/],
    ['an empty file', () => replace(' \n'), /it is empty/],
    ['an endless file', () => replace('canary,'.repeat(10_000)), /larger/],
    ['no file', () => rmSync(path), /ENOENT/],
  ])(
    '%s changes nothing, and is said in the log and in readiness, once',
    async (_what, harm, why) => {
      replace('a');
      const watched = watch();
      await watched.start();
      harm();
      for (let times = 0; times < 3; times += 1) await watched.refresh();
      expect(taken).toEqual([['a']]);
      expect(watched.check).toMatchObject({ name: 'door-secrets', isAdvice: true });
      expect(await watched.check.check()).toMatch(why);
      const errors = lines.filter((line) => line.includes('"level":50'));
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatch(why);
      expect(errors[0]).not.toContain('canary');
      replace('b');
      await watched.refresh();
      expect(await watched.check.check()).toBeUndefined();
      expect(taken.at(-1)).toEqual(['b']);
    },
  );

  test('may be empty where that means something', async () => {
    replace('a');
    const watched = watch({ mayBeEmpty: true });
    await watched.start();
    replace('');
    await watched.refresh();
    expect(taken).toEqual([['a'], []]);
  });

  test('that is bad or missing at the start is refused, and what it holds is not repeated', async () => {
    replace('bad,canary');
    const starting = watch().start();
    await expect(starting).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(starting).rejects.toThrow(/DOOR_SECRETS_FILE .*An entry is bad.*an entry a line/);
    await expect(starting).rejects.not.toThrow(/canary/);
    rmSync(path);
    await expect(watch().start()).rejects.toThrow(/ENOENT/);
  });
});
