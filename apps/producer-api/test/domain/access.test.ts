import { signatureScheme, signedText } from '@trending/schemas/http/signing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReplayMemory } from '../../src/domain/replay-memory.ts';
import { isFresh, isSignature, signatureClaim } from '../../src/domain/signed-request.ts';
import { claimsOf, claimsProblem, type ViewClaims } from '../../src/domain/view-claims.ts';

const hex = 'a1'.repeat(32);
const claim = {
  key: 'shop',
  time: '1741089600',
  nonce: '01932c1e-7a4b-7c3d-9e1f-2a3b4c5d6e7f',
  contentSha256: hex,
  signature: hex,
};
const header = (parts: string) => `${signatureScheme} ${parts}`;
const whole = `key=shop,time=1741089600,nonce=${claim.nonce},content-sha256=${hex},signature=${hex}`;

describe('a signing header', () => {
  test('is read in any order, with blanks and quotes', () => {
    expect(signatureClaim(header(whole))).toEqual(claim);
    const other = whole.split(',').reverse().join(' , ').replace('key=shop', 'key="shop"');
    expect(signatureClaim(header(other))).toEqual(claim);
    expect(isSignature(header(whole).toUpperCase())).toBe(true);
    expect(isSignature('Bearer x')).toBe(false);
  });
  test.each([
    ['nothing', '', /it is Trending/],
    ['a part missing', whole.replace(/nonce=[^,]*,/, ''), /missing: nonce/],
    ['a part twice', `${whole},key=shop`, /key .*twice/],
    ['an unknown part', `${whole},constructor=1`, /it is Trending/],
    ['__proto__', `${whole},__proto__=1`, /it is Trending/],
    ['a short nonce', whole.replace(claim.nonce, 'abc'), /nonce/],
    ['a line feed in the nonce', whole.replace(claim.nonce, `${claim.nonce}\n`), /nonce|it is/],
    ['a time in ms', whole.replace('1741089600', '1741089600000'), /time/],
    ['a negative time', whole.replace('1741089600', '-741089600'), /time/],
    ['an upper-case digest', whole.replaceAll(hex, hex.toUpperCase()), /content-sha256/],
    ['a cut signature', whole.slice(0, -1), /signature/],
    ['no end', `${whole}${'x'.repeat(1_000)}`, /too long/],
  ])('with %s is refused, and it is said why', (_what, parts, why) =>
    expect(signatureClaim(header(parts))).toMatch(why),
  );
  test('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        expect(typeof signatureClaim(header(text))).toBe('string');
      }),
    );
  });
  test('is fresh five minutes either way, ends included', () => {
    const at = 1_741_089_600_000;
    const fresh = [-300_001, -300_000, 0, 300_000, 300_001].map((ms) => isFresh(claim, at + ms));
    expect(fresh).toEqual([false, true, true, true, false]);
  });
  test('signs a text from which every part can be told', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[!-~]{1,20}$/), { minLength: 7, maxLength: 7 }),
        (given) => {
          const [key = '', time = '', nonce = '', method = '', target = '', ...rest] = given;
          const [idempotencyKey = '', contentSha256 = ''] = rest;
          const parts = { key, time, nonce, method, target, idempotencyKey, contentSha256 };
          const text = signedText(parts);
          expect(text.split('\n')).toEqual([signatureScheme, ...given]);
        },
      ),
    );
  });
});

describe('the replay memory', () => {
  const settings = { keepMs: 1_000, perKeyMax: 3, totalMax: 5 };
  test('knows a nonce of a key for at least the time to keep, and not that of another key', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.nat(3_000), (at, later) => {
        const memory = new ReplayMemory(settings);
        expect(memory.admit('a', 'n', at)).toBe('new');
        expect(memory.admit('b', 'n', at)).toBe('new');
        const again = memory.admit('a', 'n', at + later);
        if (later <= settings.keepMs) expect(again).toBe('replayed');
        if (later >= 2 * settings.keepMs) expect(again).toBe('new');
      }),
    );
  });
  test('refuses what it could not remember, until there is room', () => {
    const memory = new ReplayMemory(settings);
    const admit = (key: string, nonce: number, now = 0) => memory.admit(key, `n${nonce}`, now);
    expect([1, 2, 3, 4].map((nonce) => admit('a', nonce))).toEqual(['new', 'new', 'new', 'full']);
    expect(admit('a', 1)).toBe('replayed');
    expect([1, 2, 3].map((nonce) => admit('b', nonce))).toEqual(['new', 'new', 'full']);
    expect(memory.waitMs(400)).toBe(600);
    expect(admit('a', 4, 1_000)).toBe('new');
  });
  test('does not forget when the clock steps back', () => {
    const memory = new ReplayMemory(settings);
    memory.admit('a', 'n', 5_000);
    expect(memory.admit('a', 'n', 10)).toBe('replayed');
    expect(memory.admit('a', 'n', 5_000)).toBe('replayed');
  });
});

describe('the claims of a view token', () => {
  const claims: ViewClaims = { expiresAt: 100, key: 'shop', origin: 'https://a.example' };
  const page = { origin: 'https://a.example', network: '203.0.113.0/24', now: 99_999 };
  test('hold on their page, to the second they end', () => {
    expect(claimsProblem(claims, page)).toBeUndefined();
    expect(claimsProblem({ ...claims, network: page.network }, page)).toBeUndefined();
    expect(claimsProblem(claims, { ...page, now: 100_000 })).toContain('expired');
    expect(claimsProblem(claims, { ...page, origin: 'https://b.example' })).toContain('origin');
    expect(claimsProblem(claims, { ...page, origin: undefined })).toContain('origin');
    expect(claimsProblem({ ...claims, network: '198.51.100.0/24' }, page)).toContain('network');
  });
  test('are read only when they are claims of today', () => {
    expect(claimsOf({ ...claims, token: 'eth:0x1' })).toBeDefined();
    for (const other of [null, 1, [], {}, { ...claims, scope: 'x' }, { ...claims, expiresAt: '1' }])
      expect(claimsOf(other)).toBeUndefined();
  });
});
