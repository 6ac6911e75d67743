import { describe, expect, test } from 'vitest';
import { accountOf } from '../../src/poison/account.ts';
import type { Published } from '../../src/poison/publish.ts';

const sent: Published = {
  bad: new Map([
    ['0/1', { mutation: 'truncation', expected: 'undecodable' }],
    ['0/2', { mutation: 'wrong key', expected: 'breaks a rule' }],
    ['0/3', { mutation: 'bit flip', expected: 'still a view' }],
  ]),
  good: new Set(['0/0']),
};
const letters = new Map([
  ['0/1', { count: 1, stage: 'decode' }],
  ['0/2', { count: 1, stage: 'validate' }],
]);
const rows = new Map([
  ['0/0', 1],
  ['0/2', 1],
  ['0/3', 1],
]);

describe('the account of poisoned frames', () => {
  test('is clean when every frame met the fate it must', () => {
    expect(accountOf(sent, { letters, rows })).toEqual({
      ...{ deadLettered: 2, stillViews: 1, wrong: [] },
    });
  });

  test('names a frame without a letter, a letter twice, a row too many and a good view without a row', () => {
    const bent = {
      letters: new Map([['0/2', { count: 2, stage: 'validate' }]]),
      rows: new Map([
        ['0/2', 1],
        ['0/3', 2],
      ]),
    };
    const { wrong } = accountOf(sent, bent);
    expect(wrong.map((one) => one.slice(0, 3))).toEqual(['0/1', '0/2', '0/3', '0/0']);
  });
});
