import { expect, test } from 'vitest';
import { hashText } from '../../src/domain/hash.ts';
import { lowWordIn, tokenHashOf } from '../../src/domain/token-hash.ts';
import { PlacedTokens } from '../../src/state/placed-tokens.ts';
import { TokenTable } from '../../src/state/token-table.ts';

/** Two names with one 32-bit hash, found by trying. */
const twins = ['59db', '42828'].map((tail) => `eth:0x${tail.padStart(40, '0')}`);
const others = Array.from({ length: 5_000 }, (_, n) => `sol:${n}`);

test('a token is found by its hash as by its name, also beside one whose lower word is the same', () => {
  const table = new TokenTable();
  const names = [...twins, ...others];
  for (const name of names) table.add(name, []);
  expect(new Set(twins.map(hashText)).size).toBe(1);
  for (const name of names) {
    const id = table.idOf(name);
    expect(table.nameOf(id)).toBe(name);
    expect(table.idOfHash(tokenHashOf(name))).toBe(id);
    expect(table.tokenHashOf(id)).toBe(tokenHashOf(name));
    expect(lowWordIn(tokenHashOf(name))).toBe(table.hashOfName(name));
  }
  table.remove(table.idOf(twins[0] as string));
  expect(table.idOfHash(tokenHashOf(twins[0] as string))).toBe(0);
  expect(table.idOfHash(tokenHashOf(twins[1] as string))).not.toBe(0);
});

test('numbers of placed tokens stay, and tell token and partition', () => {
  const placed = new PlacedTokens();
  const hashes = [...twins, ...others].map(tokenHashOf);
  const numbers = hashes.map((hash, i) => placed.numbered(hash, i % 7));
  expect(new Set(numbers).size).toBe(hashes.length);
  for (const [i, hash] of hashes.entries()) {
    expect(placed.numbered(hash, 99)).toBe(numbers[i]);
    expect(placed.numberOf(hash)).toBe(numbers[i]);
    expect([placed.tokenOf(numbers[i] ?? 0), placed.partitionOf(numbers[i] ?? 0)]).toEqual([
      hash,
      i % 7,
    ]);
  }
  expect(placed.numberOf(tokenHashOf('eth:0xunknown'))).toBe(0);
});
