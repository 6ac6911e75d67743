import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createLogger } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { keysOfEnv } from '../../src/adapters/api-keys.ts';
import { keysDocument } from '../../src/adapters/keys-file.ts';
import { createWatchedKeys, type WatchedKeys } from '../../src/adapters/watched-keys.ts';
import { keyEntry, keysFile } from '../support/producer.ts';

let lines: string[] = [];
const destination = { write: (line: string) => void lines.push(line) };
const logger = createLogger({ service: 'test', level: 'info', destination });
let keys: WatchedKeys | undefined;
afterEach(async () => {
  await keys?.stop();
  lines = [];
});

const text = (...entries: object[]) => JSON.stringify({ version: 1, keys: entries });
const start = async (path: string, env = '') => {
  keys = createWatchedKeys({ fixed: keysOfEnv(env), path, logger });
  await keys.start();
  return keys;
};
const digest = 'a'.repeat(64);

describe('keys of a file', () => {
  test('are in force beside those of the environment, with scopes and quotas', async () => {
    const path = keysFile([keyEntry('shop', 's', { viewsPerMinute: 5, scopes: ['admin'] })]);
    const { ring } = await start(path, `env:publish:${digest}`);
    expect(ring.byBearer('s')?.caller).toEqual({
      kind: 'key',
      name: 'shop',
      scopes: new Set(['admin']),
      viewsPerMinute: 5,
    });
    expect(ring.byName('env')).toBeDefined();
    expect(ring.byBearer('t')).toBeUndefined();
  });

  test('end within seconds when they are taken out, without a restart', async () => {
    const path = keysFile([keyEntry('shop', 's'), keyEntry('other', 'o')]);
    const watched = await start(path);
    expect(watched.ring.byBearer('s')).toBeDefined();
    writeFileSync(`${path}.new`, text(keyEntry('other', 'o')));
    renameSync(`${path}.new`, path);
    await until({ timeoutMs: 10_000, what: 'the end of the key' }, () =>
      watched.ring.byBearer('s') === undefined ? true : undefined,
    );
    expect(watched.ring.byBearer('o')).toBeDefined();
  });

  test.each<[string, (path: string) => void, RegExp]>([
    ['half a file', (path) => writeFileSync(path, '{"version":1,"ke'), /not JSON/],
    ['another version', (path) => writeFileSync(path, '{"version":2,"keys":[]}'), /version/],
    [
      'a name twice',
      (path) => writeFileSync(path, text(keyEntry('a', '1'), keyEntry('a', '2'))),
      /a stands twice/,
    ],
    [
      'a name of the environment',
      (path) => writeFileSync(path, text(keyEntry('env', '1'))),
      /env is in API_KEYS/,
    ],
    [
      'a key that only signs and cannot',
      (path) => writeFileSync(path, text(mute)),
      /lacks a signing key/,
    ],
    ['three secrets', (path) => writeFileSync(path, text(crowded)), /secrets/],
    ['an endless file', (path) => writeFileSync(path, ' '.repeat(1_100_000)), /larger/],
    ['no file', (path) => rmSync(path), /ENOENT/],
  ])('%s changes nothing, and is said in the log and in readiness', async (_what, harm, why) => {
    const path = keysFile([keyEntry('shop', 'its-secret')]);
    const watched = await start(path, `env:publish:${digest}`);
    harm(path);
    for (let times = 0; times < 3; times += 1) await watched.refresh();
    expect(watched.ring.byBearer('its-secret')).toBeDefined();
    expect(await watched.check.check()).toMatch(why);
    expect(watched.check.isAdvice).toBe(true);
    const errors = lines.filter((line) => line.includes('"level":50'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(why);
    writeFileSync(path, text(keyEntry('next', 'n')));
    await watched.refresh();
    expect(await watched.check.check()).toBeUndefined();
    expect(watched.ring.byBearer('n')).toBeDefined();
    expect(watched.ring.byBearer('its-secret')).toBeUndefined();
  });
  const [secret] = (keyEntry('x', 'x') as { secrets: object[] }).secrets;
  const mute = keyEntry('m', 'm', {
    signedOnly: true,
    secrets: [{ ...secret, signingKey: undefined }],
  });
  const crowded = keyEntry('c', 'c', { secrets: [secret, secret, secret] });

  test('that is broken or missing at the start is refused, and what it holds is not repeated', async () => {
    const path = keysFile([{ name: 'canary-name' }]);
    const starting = start(path);
    await expect(starting).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(starting).rejects.toThrow(/API_KEYS_FILE .*npm run keys/);
    await expect(starting).rejects.not.toThrow(/canary/);
    rmSync(path);
    await expect(start(path)).rejects.toThrow(/ENOENT/);
  });

  test('may not hide in a prototype', () => {
    const hidden = '{"version":1,"keys":[],"__proto__":{"keys":[]}}';
    expect(() => keysDocument(hidden)).toThrow(/not valid/);
  });
});
