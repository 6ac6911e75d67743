import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signAccessToken } from '../../src/adapters/access-keeper.ts';
import { boardOf, tokens } from '../support/boards.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const [first, second] = ['1', '2'].map((digit) => digit.repeat(32)) as [string, string];
const signedWith = (secret: string) =>
  signAccessToken(
    { boards: ['category:secret'], expiresAt: systemClock.now() + 3_600_000 },
    secret,
  );
const entry = (name: string) =>
  `${name}:category:secret:${createHash('sha256').update(name).digest('hex')}`;

const folder = mkdtempSync(join(tmpdir(), 'trending-access-'));
const files = { keys: join(folder, 'keys'), secrets: join(folder, 'secrets') };
const write = (path: string, text: string) => {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
};

let gateway: TestGateway;
beforeAll(async () => {
  write(files.keys, `${entry('partner')}\n${entry('lab')}\n`);
  write(files.secrets, first);
  gateway = await startGateway({
    env: {
      PRIVATE_BOARDS: 'category:secret',
      ACCESS_KEYS_FILE: files.keys,
      ACCESS_SECRETS_FILE: files.secrets,
    },
  });
  await gateway.publish(boardOf(tokens(3), { scope: 'category:secret' }));
});
afterAll(() => gateway.stop());

const statusFor = async (credential: string) => {
  const url = '/api/v1/tokens/trending?category=secret';
  const headers = { authorization: `Bearer ${credential}` };
  return (await gateway.app.inject({ url, headers })).statusCode;
};
const becomes = (credential: string, status: number) =>
  until({ timeoutMs: 10_000, what: `status ${status}` }, async () =>
    (await statusFor(credential)) === status ? true : undefined,
  );
/** A stream of the private board, and whether it has ended. */
const follow = async (credential: string) => {
  const cut = new AbortController();
  const answer = await fetch(`${gateway.url}/api/v1/trending/stream?category=secret`, {
    headers: { authorization: `Bearer ${credential}` },
    signal: cut.signal,
  });
  const stream = { status: answer.status, isOver: false, text: '', leave: () => cut.abort() };
  void answer.text().then(
    (text) => Object.assign(stream, { isOver: true, text }),
    () => undefined,
  );
  return stream;
};
const readiness = async () => (await gateway.app.inject('/readyz?verbose')).body;

describe('keys and secrets of files', () => {
  it('hold as those of the environment do', async () => {
    expect(await Promise.all(['partner', 'lab', signedWith(first)].map(statusFor))).toEqual([
      200, 200, 200,
    ]);
    expect(await statusFor(signedWith(second))).toBe(401);
    expect(await readiness()).toMatch(/\[\+\]access-keys ok\n\[\+\]access-secrets ok/);
  });

  it('end when they are taken out, with the streams they opened, and no others', async () => {
    const [gone, stays] = await Promise.all([follow('partner'), follow('lab')]);
    expect([gone.status, stays.status]).toEqual([200, 200]);
    write(files.keys, entry('lab'));
    await until(
      { timeoutMs: 10_000, what: 'the end of the stream' },
      () => gone.isOver || undefined,
    );
    expect(gone.text).toMatch(/event: error-frame.*access-expired.*taken back/s);
    expect([await statusFor('partner'), await statusFor('lab')]).toEqual([401, 200]);
    expect(stays.isOver).toBe(false);
    stays.leave();
  });

  it('may be replaced one after the other without a cut', async () => {
    const old = signedWith(first);
    const stream = await follow(old);
    write(files.secrets, `${second}\n${first}\n`);
    await becomes(signedWith(second), 200);
    expect([await statusFor(old), stream.isOver]).toEqual([200, false]);
    write(files.secrets, second);
    await becomes(old, 401);
    await until({ timeoutMs: 10_000, what: 'its end' }, () => stream.isOver || undefined);
    expect(await statusFor(signedWith(second))).toBe(200);
  });

  it('stay as they are when a file is bad, which readiness says without repeating it', async () => {
    write(files.secrets, 'canary');
    write(files.keys, 'canary:category:secret');
    const said = await until({ timeoutMs: 10_000, what: 'a word about both' }, async () => {
      const text = await readiness();
      return /\[!\]access-keys.*\[!\]access-secrets/s.test(text) ? text : undefined;
    });
    expect(said).toMatch(/ACCESS_KEYS: entry 1 is not .*ACCESS_SECRETS: a secret has fewer/s);
    expect(said).not.toContain('canary');
    expect((await gateway.app.inject('/readyz')).statusCode).toBe(200);
    expect([await statusFor('lab'), await statusFor(signedWith(second))]).toEqual([200, 200]);
  });

  it('are refused beside those of the environment', async () => {
    const env = { ACCESS_SECRETS: first, ACCESS_SECRETS_FILE: files.secrets };
    await expect(startGateway({ env })).rejects.toThrow(/ACCESS_SECRETS or ACCESS_SECRETS_FILE/);
  });
});
