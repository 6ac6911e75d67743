import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scoreParts, shownParts, whySentence } from '../../src/element/explain.ts';
import { item } from '../subscribe/support/frames.ts';

describe('why a score', () => {
  test('parts keep their sign and add up to the score', () => {
    const micro = fc.integer({ min: -100_000_000, max: 100_000_000 });
    fc.assert(
      fc.property(fc.array(fc.record({ name: fc.string(), micro })), (contributions) => {
        const scoreMicro = contributions.reduce((sum, part) => sum + part.micro, 0);
        const parts = scoreParts(item('a', 1, { contributions, scoreMicro }));
        expect(parts.reduce((sum, part) => sum + part.micro, 0)).toBe(scoreMicro);
        for (const part of parts) {
          expect(Math.abs(part.share)).toBeLessThanOrEqual(1);
          expect(Math.sign(part.share)).toBe(Math.sign(part.micro));
        }
      }),
    );
  });

  test('a part we have no word for is shown by its own name', () => {
    const contributions = [
      { name: 'constructor', micro: 1 },
      { name: 'views', micro: 2 },
    ];
    expect(scoreParts(item('a', 1, { contributions })).map(({ label }) => label)).toEqual([
      'constructor',
      'Views',
    ]);
  });

  test.each([
    ['trending', [49_999, -49_999, 0], []],
    ['trending', [50_000, -50_000], ['a', 'b']],
    ['views', [400_000, 3_000_000], ['b']],
  ])('of %s, parts that would read +0 or −0 are not shown', (formula, micros, shown) => {
    const contributions = micros.map((micro, i) => ({ name: 'abc'.charAt(i), micro }));
    const parts = shownParts(item('x', 1, { contributions }), formula);
    expect(parts.map(({ label }) => label)).toEqual(shown);
  });

  test.each([
    [100, 0, 'after none in the hour before'],
    [100, 50, '2.0 times the hour before'],
    [100, 2, '50 times the hour before'],
    [100, 99, 'about the same as the hour before'],
    [50, 100, '50% less than the hour before'],
  ])('%d views after %d read: %s', (rawViews, previousViews, text) => {
    expect(whySentence(item('a', 1, { rawViews, previousViews }), '1h')).toContain(text);
  });

  test('surprise is told in visitors, with what was not counted and since when it surges', () => {
    const surprising = item('a', 1, {
      observed: 412_000_000,
      expected: 96_400_000,
      visitors: 530,
      contributions: [
        { name: 'surprise', micro: 5_325_432 },
        { name: 'integrity', micro: -639_052 },
      ],
      burstSince: Date.UTC(2026, 4, 20, 14, 3),
    });
    expect(whySentence(surprising, '1h')).toBe(
      '412 effective visitors in the last hour where 96 are usual (5.3 sigma). ' +
        '118 of 530 visitors not counted. Surging since 14:03 UTC.',
    );
    const plain = { ...surprising, visitors: 412, burstSince: 0 };
    expect(whySentence(plain, '1h')).toBe(
      '412 effective visitors in the last hour where 96 are usual (5.3 sigma).',
    );
  });

  test('doubtful traffic is said, and one view is not "views"', () => {
    const doubtful = item('a', 1, { integrityMicro: 640_000, rawViews: 1, visitors: 1 });
    const sentence = whySentence(doubtful, '5m');
    expect(sentence).toContain('1 view from 1 visitor in the last 5 minutes');
    expect(sentence).toContain('64% of this traffic looks genuine.');
  });

  test('doubts are told with what they cost the score for', () => {
    const contributions = [
      { name: 'surprise', micro: 9_000_000 },
      { name: 'looks', micro: -4_000_000 },
      { name: 'journeys', micro: -1_000_000 },
      { name: 'integrity', micro: -3_000_000 },
    ];
    const counts = { observed: 40_000_000, expected: 1_000_000, visitors: 120 };
    const bought = item('a', 1, { ...counts, contributions, integrityMicro: 120_000 });
    expect(whySentence(bought, '1h')).toContain(
      ' 12% of this traffic looks genuine: hardly anybody looked twice, hardly anybody went on to other tokens, its visitors are less varied than usual.',
    );
    const [surprise, looks] = contributions;
    const once = { ...bought, contributions: [surprise!, looks!] };
    expect(whySentence(once, '1h')).toContain('genuine: hardly anybody looked twice.');
  });
});
