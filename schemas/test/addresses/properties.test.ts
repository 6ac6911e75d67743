import { createHash } from 'node:crypto';
import { base58, bech32, bech32m, createBase58check } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cashAddressOf, cashAddressText } from '../../src/addresses/cash-address.ts';
import { chainTable, type FamilyId } from '../../src/addresses/chain-table.ts';
import { addressCodecs } from '../../src/addresses/codecs.ts';
import { type TokenResult, tokenOf } from '../../src/addresses/token-keys.ts';
import { isTokenKey } from '../../src/token-key.ts';

const base58check = createBase58check((bytes: Uint8Array) =>
  createHash('sha256').update(bytes).digest(),
);
const settings = { codecs: addressCodecs, defaultChains: new Map<FamilyId, string>() };
const keyOf = (address: string, chain: string): string | undefined => {
  const result = tokenOf(address, chain, settings);
  return result.ok ? result.token.key : undefined;
};
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hex = (length: number) => bytes(length).map((b) => Buffer.from(b).toString('hex'));
/** Not `fc.string({ unit: 'binary' })`: its first use takes seconds. */
const anyCodeUnits = fc
  .uint16Array({ maxLength: 150 })
  .map((units) => String.fromCharCode(...units));
const anyChain = fc.constantFrom(...chainTable.map(({ slug }) => slug), 'new-chain', '__proto__');

const moveName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/);
/** A right address of every family, made by libraries that the rules do not use. */
const rightAddress = fc.oneof(
  hex(20).map((h) => ['eth', `0x${h}`] as const),
  hex(20).map((h) => ['bsc', `0x${h.toUpperCase()}`] as const),
  bytes(32).map((b) => ['sol', base58.encode(b)] as const),
  bytes(20).map((b) => ['tron', base58check.encode(Uint8Array.of(0x41, ...b))] as const),
  hex(32).map((h) => ['ton', `0:${h.toUpperCase()}`] as const),
  bytes(20).map((b) => ['btc', bech32.encode('bc', [0, ...bech32.toWords(b)])] as const),
  bytes(32).map((b) => ['btc', bech32m.encode('bc', [1, ...bech32m.toWords(b)])] as const),
  bytes(20).map((b) => ['ltc', base58check.encode(Uint8Array.of(0x30, ...b))] as const),
  fc
    .tuple(hex(32), moveName)
    .map(([h, name]) => ['sui', `0x${h.toUpperCase()}::coin::${name}`] as const),
  fc
    .tuple(hex(2), moveName, moveName)
    .map(([h, one, other]) => ['aptos', `0x${h}::lp::${one}<0xA::m::${other},u8>`] as const),
  fc
    .tuple(hex(20), hex(32))
    .map(([a, b]) => ['new-chain', `0x${a}:0x${b}`.toUpperCase().replaceAll('0X', '0x')] as const),
  hex(5).map((h) => ['aptos', `0x${h}`] as const),
);

describe('canonical token keys', () => {
  test('exist for every right address, and are their own canonical form', () => {
    fc.assert(
      fc.property(rightAddress, ([chain, address]) => {
        const key = keyOf(address, chain);
        expect(key).toBeDefined();
        expect(isTokenKey(key ?? '')).toBe(true);
        expect(keyOf(key?.slice(chain.length + 1) ?? '', chain)).toBe(key);
      }),
    );
  });

  test('are found without a chain too, or the chain is asked for', () => {
    fc.assert(
      fc.property(rightAddress, ([chain, address]) => {
        const result: TokenResult = tokenOf(address, undefined, {
          ...settings,
          defaultChains: new Map([['evm', chain]]),
        });
        if (result.ok) expect(result.token.key).toBe(keyOf(address, chain));
        else expect(result.code).toBe('chain-required');
      }),
    );
  });

  test('change nothing but letter case or padding: two addresses never share one', () => {
    fc.assert(
      fc.property(rightAddress, rightAddress, ([chain, one], [, other]) => {
        const [a, b] = [keyOf(one, chain), keyOf(other, chain)];
        if (a !== undefined && a === b) expect(one.toLowerCase()).toBe(other.toLowerCase());
      }),
    );
  });

  test('are judged without a throw for any text on any chain, within bounds and without control characters', () => {
    fc.assert(
      fc.property(fc.oneof(anyCodeUnits, fc.string()), anyChain, (text, chain) => {
        const result = tokenOf(text, chain, settings);
        if (!result.ok) return;
        expect(isTokenKey(result.token.key)).toBe(true);
        expect(keyOf(result.token.address, chain)).toBe(result.token.key);
      }),
      { numRuns: 200 },
    );
  });

  test('are refused when one character of a checked form changes', () => {
    const checked = fc.oneof(
      bytes(20).map((b) => ['tron', base58check.encode(Uint8Array.of(0x41, ...b))] as const),
      bytes(20).map((b) => ['btc', bech32.encode('bc', [0, ...bech32.toWords(b)])] as const),
      bytes(20).map((b) => ['bch', cashAddressText('bitcoincash', { type: 0, hash: b })] as const),
    );
    fc.assert(
      fc.property(
        checked,
        fc.nat(),
        fc.constantFrom('q', 'z', '3', 'r', 'K'),
        (right, at, letter) => {
          const [chain, address] = right;
          const place = chain.length + 2 + (at % (address.length - chain.length - 2));
          fc.pre(address.charAt(place) !== letter);
          const mistyped = address.slice(0, place) + letter + address.slice(place + 1);
          expect(keyOf(mistyped, chain)).toBeUndefined();
        },
      ),
    );
  });

  test('hold a right EIP-55 spelling and no other mixed one', () => {
    fc.assert(
      fc.property(hex(20), fc.infiniteStream(fc.boolean()), (digits, flips) => {
        const mixed = Array.from(digits, (d) => (flips.next().value ? d.toUpperCase() : d)).join(
          '',
        );
        const isPlain = mixed === digits || mixed === digits.toUpperCase();
        const hash = addressCodecs.keccak256Hex(digits);
        const right = Array.from(digits, (d, i) =>
          Number.parseInt(hash.charAt(i), 16) >= 8 ? d.toUpperCase() : d,
        ).join('');
        expect(keyOf(`0x${right}`, 'eth')).toBe(`eth:0x${digits}`);
        expect(keyOf(`0x${mixed}`, 'eth') !== undefined).toBe(isPlain || mixed === right);
      }),
    );
  });
});

test('a CashAddr text decodes to what it was made of', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1), bytes(20), (type, hash) => {
      expect(cashAddressOf('bitcoincash', cashAddressText('bitcoincash', { type, hash }))).toEqual({
        type,
        hash,
      });
    }),
  );
});
