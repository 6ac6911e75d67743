import { describe, expect, it } from 'vitest';
import { addressOf, chainOf, isTokenKey, longestAddress, lowerCaseHex } from '../src/index.ts';

const coin = `0x${'5d'.padStart(64, '0')}`;

describe('token keys', () => {
  it('part into chain and address at the first colon', () => {
    const token = 'ton:0:abc';
    expect([chainOf(token), addressOf(token)]).toEqual(['ton', '0:abc']);
  });

  it.each([
    'eth:0xab12',
    'sol:So11111111111111111111111111111111111111112',
    'eth:native',
    'ton:0:abC',
    'new-chain:x',
    `sui:${coin}::cetus::CETUS`,
    `aptos:${coin}::coin::COIN`,
    `sui:${coin}::lp::LP<${coin}::a::FACADE,${coin}::sui::SUI>`,
    'new-chain:x0xABC',
    'new-chain:0xABCx',
    `eth:${'a'.repeat(longestAddress)}`,
  ])('%s is canonical', (key) => expect(isTokenKey(key)).toBe(true));

  it.each([
    '',
    'eth:',
    'ETH:0xa',
    ':0xa',
    'eth:0xaB',
    'sui:0xAb::coin::COIN',
    'sui:0xab::lp::LP<0xAB::a::B>',
    'sui:0xab::lp::LP<0xab::a::B,0xAB::a::B>',
    'eth:a b',
    'eth:ä',
    `eth:${'a'.repeat(longestAddress + 1)}`,
  ])('%j is not', (key) => expect(isTokenKey(key)).toBe(false));

  it('have hexadecimal numbers in lower case and names as they are', () => {
    expect(lowerCaseHex('0xAB::coin::COIN<0xCD::a::B>')).toBe('0xab::coin::COIN<0xcd::a::B>');
    expect(lowerCaseHex('a-0xAB')).toBe('a-0xAB');
  });
});
