import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@trending/runtime/usage';
import { beforeEach, describe, expect, test } from 'vitest';
import { KeyRing } from '../../src/adapters/api-keys.ts';
import { keysDocument, storedKeys } from '../../src/adapters/keys-file.ts';
import { runKeys } from '../../src/keys/commands.ts';
import { keysCommand, keysHelp } from '../../src/keys/options.ts';

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'trending-keys-')), 'keys.json');
});
const at = Date.UTC(2025, 2, 4, 12);
const keys = (...args: string[]) => runKeys(keysCommand(args, file), at);
const made = async (...args: string[]) => JSON.parse(await keys(...args, '--json'));
const ring = () => new KeyRing(storedKeys(keysDocument(readFileSync(file, 'utf8'))));

describe('npm run keys', () => {
  test('create shows a secret once that the service then knows, and keeps none', async () => {
    const { secret, secretId } = await made('create', 'shop', '--scopes', 'publish,backfill');
    expect(secret).toMatch(/^trk_[A-Za-z0-9_-]{43}$/);
    expect(ring().byBearer(secret)?.caller).toMatchObject({
      name: 'shop',
      scopes: new Set(['publish', 'backfill']),
    });
    expect(readFileSync(file, 'utf8')).not.toContain(secret.slice(4));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const shown = await keys('list');
    expect(shown).toBe(`shop  publish+backfill  ${secretId} (2025-03-04)\n`);
    expect(await keys('create', 'other')).toMatch(/^ {2}trk_[A-Za-z0-9_-]{43}$/m);
  });

  test('create keeps quotas and how the key may show itself', async () => {
    await keys('create', 'a', '--signed-only', '--views-per-minute', '60', '--views-per-day', '90');
    await keys('create', 'b', '--bearer-only');
    expect(ring().byName('a')).toMatchObject({
      isSignedOnly: true,
      caller: { viewsPerMinute: 60, viewsPerDay: 90 },
    });
    expect(ring().byName('b')?.secrets[0]).not.toHaveProperty('signingKey');
    expect(await keys('list')).toContain('a  publish  signed only  60 views/min  90 views/day');
    const listed = await keys('list', '--json');
    expect(JSON.parse(listed)).toMatchObject([
      { name: 'a', signedOnly: true, secrets: [{ canSign: true }] },
      { name: 'b', secrets: [{ canSign: false }] },
    ]);
    expect(listed).not.toMatch(/[0-9a-f]{64}/);
  });

  test('rotate adds a second secret, both hold, and revoke ends one of them', async () => {
    const first = await made('create', 'shop');
    const second = await made('rotate', 'shop');
    for (const { secret } of [first, second]) expect(ring().byBearer(secret)).toBeDefined();
    await expect(keys('rotate', 'shop')).rejects.toThrow(
      `revoke shop --secret ${first.secretId} ends the older`,
    );
    expect(await keys('revoke', 'shop', '--secret', first.secretId)).toContain('revoked shop');
    expect(ring().byBearer(first.secret)).toBeUndefined();
    expect(ring().byBearer(second.secret)).toBeDefined();
  });

  test('rotate of a key that cannot sign gives one that cannot either', async () => {
    await keys('create', 'b', '--bearer-only');
    await keys('rotate', 'b');
    expect(
      ring()
        .byName('b')
        ?.secrets.map((secret) => 'signingKey' in secret),
    ).toEqual([false, false]);
  });

  test('revoke ends a key, also with its last secret', async () => {
    const { secretId } = await made('create', 'a');
    await keys('create', 'b');
    await keys('revoke', 'a', '--secret', secretId);
    expect(await made('revoke', 'b')).toEqual({ revoked: 'b', secret: null });
    expect(await keys('list')).toBe('no keys\n');
  });

  test('two commands at once do not undo each other: the second is refused', async () => {
    await keys('create', 'a');
    writeFileSync(`${file}.new`, '');
    await expect(keys('create', 'b')).rejects.toThrow(/another keys command is running/);
    expect(ring().byName('a')).toBeDefined();
  });

  test.each([
    [['create'], /no NAME/],
    [['create', 'A B'], /no NAME/],
    [['create', '__proto__'], /no NAME/],
    [['create', 'a', 'b'], /one NAME only/],
    [['create', 'a', '--scopes', 'fly'], /publish, backfill, admin/],
    [['create', 'a', '--views-per-minute', '0'], /whole number/],
    [['create', 'a', '--views-per-day', '1e3'], /whole number/],
    [['create', 'a', '--signed-only', '--bearer-only'], /not both/],
    [['create', 'a', '--colour'], /colour/],
    [['drop', 'a'], /give create, rotate, list or revoke/],
    [['revoke', 'nobody'], /there is no key nobody/],
    [['rotate', 'nobody'], /there are: none/],
  ])('%j is refused, says why, and leaves nothing behind', async (args, why) => {
    const attempt = async () => keys(...args);
    await expect(attempt()).rejects.toThrow(why);
    await expect(attempt()).rejects.toThrow(UsageError);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  test('a broken file is left as it is', async () => {
    writeFileSync(file, '{');
    await expect(keys('create', 'a')).rejects.toThrow(/not JSON/);
    expect(readFileSync(file, 'utf8')).toBe('{');
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  test('a name that exists is not made again', async () => {
    await keys('create', 'a');
    await expect(keys('create', 'a')).rejects.toThrow(/rotate it, or revoke it first/);
  });

  test('needs a file, and helps without one', async () => {
    expect(() => keysCommand(['list'], undefined)).toThrow(/--file or API_KEYS_FILE/);
    expect(keysCommand(['list', '--file', 'x'], undefined)).toMatchObject({ file: 'x' });
    for (const args of [[], ['--help'], ['create', '--help']])
      expect(await runKeys(keysCommand(args, undefined), at)).toBe(keysHelp);
  });
});
