import { describe, expect, test } from 'vitest';
import { contributionText } from '../../src/domain/contribution-text.ts';
import { item } from '../support/boards.ts';

const counts = { observed: 40_400_000, expected: 1_100_000, visitors: 120 };
const place = { ...item('eth:a', 1, 5_000_000), ...counts };
const networks = (count: number) => ({ networks: count, capped: 0 });

describe('what a part of a score says', () => {
  test.each([
    ['surprise', 9_000_000, '40 effective visitors where 1 is usual'],
    ['support', -900_000, '40 effective visitors: the fewer there are, the less they prove'],
    [
      'lasting',
      700_000,
      '12 views after 6 in the period before: trends fade, they do not break off',
    ],
    ['early', 400_000, 'a shorter period that is further above its usual than the window'],
    ['looks', -4_000_000, 'fewer of the 120 visitors looked again than is usual here'],
    [
      'journeys',
      -2_000_000,
      'fewer of the 120 visitors went on to other tokens than is usual here',
    ],
    ['integrity', -1, 'the 120 visitors are less varied than is usual for so many'],
    ['views', 12_000_000, '12 views'],
    ['change', 1, '12 views after 6 in the period before'],
    ['fresh', 1, 'how recent the 12 views are'],
    ['unique', 1, '40 effective visitors behind 12 views'],
  ])('%s: the counts behind it', (name, micro, text) => {
    expect(contributionText({ name, micro }, place)).toBe(text);
  });

  test('networks are counted for operators alone', () => {
    const part = { name: 'integrity', micro: -1 };
    expect(contributionText(part, place, networks(10))).toBe(
      '10 networks behind 120 visitors, fewer than is usual for so many',
    );
    expect(contributionText(part, place, networks(1))).toMatch(/^1 network behind/);
  });

  test('of a part without effect no cause is told, of an unknown one nothing', () => {
    expect(contributionText({ name: 'looks', micro: 0 }, place)).toBe(
      'nothing to add or to take away',
    );
    expect(contributionText({ name: 'constructor', micro: 1 }, place)).toBe('');
  });
});
