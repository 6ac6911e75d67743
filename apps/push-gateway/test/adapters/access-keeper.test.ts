import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AccessKeeper, signAccessToken } from '../../src/adapters/access-keeper.ts';

const secret = 'a secret of more than thirty-two characters';
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
const keeper = new AccessKeeper({
  privateBoards: ['category:secret', 'formula:beta*'],
  accessKeys: [
    `partner:category:secret:${hashOf('partner-token')}`,
    `lab:formula:beta*:${hashOf('lab-token')}`,
  ],
  secrets: ['another secret, which signs new tokens now', secret],
});
const now = 1_700_000_000_000;
const board = { formula: 'trending', window: '1h', scope: 'category:secret' };
const beta = { formula: 'beta+2', window: '1h', scope: 'all' };

function accessOf(token: string | undefined, at = now) {
  const admission = keeper.admit(token, at);
  if (!admission.ok) throw new Error(admission.reason);
  return admission.access;
}

describe('the access keeper', () => {
  it('lets everybody see public boards, and nobody without a token private ones', () => {
    const access = accessOf(undefined);
    expect(access.allows({ ...board, scope: 'all' })).toBe(true);
    expect([access.allows(board), access.allows(beta)]).toEqual([false, false]);
  });

  it('grants what a lasting token names, no more', () => {
    const access = accessOf('partner-token');
    expect([access.allows(board), access.allows(beta)]).toEqual([true, false]);
    expect(accessOf('lab-token').allows(beta)).toBe(true);
  });

  it('knows a private chain by every name it has', () => {
    const named = new AccessKeeper({
      privateBoards: ['chain:ethereum'],
      accessKeys: [`partner:chain:ethereum:${hashOf('partner-token')}`],
      secrets: [],
    });
    const chain = { ...board, scope: 'chain:eth' };
    const seenBy = (token: string | undefined) => {
      const admission = named.admit(token, now);
      return admission.ok && admission.access.allows(chain);
    };
    expect([seenBy(undefined), seenBy('partner-token')]).toEqual([false, true]);
  });

  it('wants a grant for each reason a board is private', () => {
    const both = { ...beta, scope: 'category:secret' };
    expect([accessOf('lab-token'), accessOf('partner-token')].map((a) => a.allows(both))).toEqual([
      false,
      false,
    ]);
    const token = signAccessToken(
      { boards: ['formula:beta*', 'category:secret'], expiresAt: now + 1_000 },
      secret,
    );
    expect(accessOf(token).allows(both)).toBe(true);
  });

  it('grants detail for operators beside boards, or alone, and takes it for no board', () => {
    const grants = ['detail:operator', 'category:secret'];
    const token = signAccessToken({ boards: grants, expiresAt: now + 1_000 }, secret);
    const access = accessOf(token);
    expect([access.showsDetail, access.allows(board), access.allows(beta)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([accessOf(undefined), accessOf('partner-token')].map((a) => a.showsDetail)).toEqual([
      false,
      false,
    ]);
    expect(() => signAccessToken({ boards: ['detail:all'], expiresAt: now }, secret)).toThrow(
      'detail:operator',
    );
    const settings = { privateBoards: ['detail:operator'], accessKeys: [], secrets: [] };
    expect(() => new AccessKeeper(settings)).toThrow('PRIVATE_BOARDS');
  });

  it('accepts tokens of every secret until the second they expire', () => {
    const token = signAccessToken({ boards: ['category:secret'], expiresAt: now + 5_000 }, secret);
    expect(accessOf(token).expiresAt).toBe(now + 5_000);
    expect(accessOf(token, now + 4_999).allows(board)).toBe(true);
    expect(keeper.admit(token, now + 5_000)).toEqual({ ok: false, reason: 'token-expired' });
  });

  const [, payload = '', signature = ''] = signAccessToken(
    { boards: ['category:secret'], expiresAt: now + 5_000 },
    secret,
  ).split('.');
  const forged = Buffer.from(JSON.stringify({ boards: ['category:secret'], exp: 9e9 })).toString(
    'base64url',
  );
  const signed = (text: string) =>
    `v1.${text}.${createHmac('sha256', secret).update(`v1.${text}`).digest('base64url')}`;
  it.each([
    ['an unknown one', 'partner-token2'],
    ['an empty one', ''],
    ['claims of another', `v1.${forged}.${signature}`],
    ['no signature', `v1.${payload}.`],
    ['a signature cut short', `v1.${payload}.${signature.slice(0, 20)}`],
    ['a fourth part', `v1.${payload}.${signature}.x`],
    ['a signature over what is no claim', signed('bm8')],
    [
      'claims that never end',
      signed(Buffer.from('{"boards":["category:secret"]}').toString('base64url')),
    ],
    ['far too long', `v1.${'x'.repeat(3_000)}.${signature}`],
  ])('refuses %s', (_what, token) => {
    expect(keeper.admit(token, now)).toEqual({ ok: false, reason: 'bad-token' });
  });

  it('ends what a key or secret granted once it is gone or says something else, and leaves the others', () => {
    const keys = [
      `partner:category:secret:${hashOf('partner-token')}`,
      `lab:formula:beta*:${hashOf('lab-token')}`,
    ] as const;
    const own = { privateBoards: ['category:secret', 'formula:beta*'], accessKeys: keys };
    const changing = new AccessKeeper({ ...own, secrets: [secret] });
    const signed = signAccessToken({ boards: ['category:secret'], expiresAt: now + 5_000 }, secret);
    const endOf = (token: string) => {
      const admission = changing.admit(token, now);
      if (!admission.ok) throw new Error(admission.reason);
      return () => admission.access.expiresAt;
    };
    const [partner, lab, guest] = ['partner-token', 'lab-token', signed].map(endOf);
    const ends = () => [partner?.(), lab?.(), guest?.()];
    changing.replaceSecrets(['another secret, which signs new tokens now', secret]);
    changing.replaceKeys(keys.toReversed());
    expect(ends()).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, now + 5_000]);
    expect(() => changing.replaceKeys([`lab:formula:other:${hashOf('lab-token')}`, 'x'])).toThrow(
      'entry 2',
    );
    expect(() => changing.replaceSecrets(['short'])).toThrow('ACCESS_SECRETS');
    expect(ends()).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, now + 5_000]);
    changing.replaceKeys([keys[0].replace('secret', 'other'), keys[1]]);
    changing.replaceSecrets(['another secret, which signs new tokens now']);
    expect(ends()).toEqual([0, Number.POSITIVE_INFINITY, 0]);
    expect(changing.admit(signed, now)).toEqual({ ok: false, reason: 'bad-token' });
  });

  it('takes any token where nothing is private', () => {
    const open = new AccessKeeper({ privateBoards: [], accessKeys: [], secrets: [] });
    expect(open.admit('whatever', now)).toMatchObject({ ok: true });
  });

  it.each([
    ['PRIVATE_BOARDS', { privateBoards: ['secret'] }],
    ['ACCESS_KEYS', { accessKeys: ['partner:category:secret:nohash'] }],
    ['ACCESS_SECRETS', { secrets: ['short'] }],
  ])('names %s when it is wrong', (name, wrong) => {
    const right = { privateBoards: [], accessKeys: [], secrets: [] };
    expect(() => new AccessKeeper({ ...right, ...wrong })).toThrow(name);
  });
});
