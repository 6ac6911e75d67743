import { describe, expect, it } from 'vitest';
import {
  brokenRuleText,
  type FoldedView,
  keyIs,
  type RuleBreach,
  ruleBroken,
} from '../../src/domain/folded-view.ts';
import { viewOf } from '../support/views.ts';

const suiCoin = `sui:0x${'5d'.padStart(64, '0')}::cetus::CETUS`;
const at = 1_700_000_000_000;

describe('rules of a view', () => {
  it.each<[string, Partial<FoldedView>, RuleBreach | undefined]>([
    ['a good view', {}, undefined],
    ['60 s ahead of its record, still good', { viewedAt: at + 60_000 }, undefined],
    ['a millisecond more', { viewedAt: at + 60_001 }, 'future_timestamp'],
    ['before 1970', { viewedAt: -1 }, 'invalid_time'],
    ['no number', { viewedAt: Number.NaN }, 'invalid_time'],
    ['another chain', { chain: 'bsc' }, 'chain_mismatch'],
    ['a chain that is only a prefix', { chain: 'et' }, 'chain_mismatch'],
    ['weight above full', { weightMicro: 1_000_001 }, 'invalid_weight'],
    ['negative weight', { weightMicro: -1 }, 'invalid_weight'],
    ['upper-case hex', { token: 'eth:0xAb' }, 'invalid_token'],
    ['a coin type whose name is in capitals', { token: suiCoin, chain: 'sui' }, undefined],
    ['no chain', { token: '0xab', chain: '' }, 'invalid_token'],
  ])('%s', (_name, change, expected) => {
    const view = { ...viewOf({ at }), ...change };
    expect(ruleBroken(view, at, false)).toBe(expected);
    if (expected !== undefined) expect(brokenRuleText(expected, view).length).toBeGreaterThan(20);
  });

  it('compares the key byte for byte', () => {
    expect(keyIs(Buffer.from('eth:0xa'), 'eth:0xa')).toBe(true);
    expect(keyIs(Buffer.from('eth:0xb'), 'eth:0xa')).toBe(false);
    expect(keyIs(Buffer.from('eth:0xa '), 'eth:0xa')).toBe(false);
    expect(keyIs(null, 'eth:0xa')).toBe(false);
  });
});
