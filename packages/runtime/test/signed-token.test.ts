import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openToken, sealToken } from '../src/signed-token.ts';

const [now, old, foreign] = ['the new secret', 'the old secret', Buffer.alloc(32, 7)];

describe('a signed token', () => {
  test('says what was sealed, to whoever has its secret among others', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())), (claims) => {
        const said = JSON.parse(JSON.stringify(claims));
        expect(openToken(sealToken(claims, old), [now, old])).toEqual(said);
        expect(openToken(sealToken(claims, foreign), [now, old])).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  test('is worth nothing once a character has changed', () => {
    const token = sealToken({ exp: 1 }, now);
    for (let at = 0; at < token.length - 1; at += 1) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      expect(openToken(changed, [now])).toBeUndefined();
    }
  });

  test.each(['', 'v1', 'v1..', 'v2.e30.x', `v1.${'e'.repeat(3_000)}.${'x'.repeat(43)}`])(
    'is not %j',
    (text) => expect(openToken(text, [now])).toBeUndefined(),
  );
});
