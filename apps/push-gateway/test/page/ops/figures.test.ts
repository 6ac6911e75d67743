import { describe, expect, test } from 'vitest';
import { boundText, bucketsIn, quantile, since } from '../../../src/page/ops/histogram.ts';
import { Rate, Recent } from '../../../src/page/ops/recent.ts';

const text = `# HELP x_seconds help
x_seconds_bucket{le="0.1",since="received"} 2
x_seconds_bucket{le="+Inf",since="received"} 7
x_seconds_bucket{le="0.5",since="received"} 5
x_seconds_bucket{le="0.1",since="scored"} 99
x_seconds_sum{since="received"} 3
`;
const buckets = bucketsIn(text, 'x_seconds', 'since="received"');

describe('a histogram', () => {
  test('is read from the exposition format, in order, each bucket for itself', () => {
    expect(buckets).toEqual([
      { upTo: 0.1, count: 2 },
      { upTo: 0.5, count: 3 },
      { upTo: Number.POSITIVE_INFINITY, count: 2 },
    ]);
    expect(bucketsIn(text, 'y_seconds', 'since')).toEqual([]);
  });

  test('gives what came since the look before, and all of it after a restart', () => {
    const later = buckets.map(({ upTo, count }, index) => ({ upTo, count: count + index }));
    expect(since(buckets, later).map(({ count }) => count)).toEqual([0, 1, 2]);
    expect(since(later, buckets)).toEqual(buckets);
    expect(since([], buckets)).toEqual(buckets);
  });

  test('knows the bound of a share', () => {
    expect([0.2, 0.5, 0.99].map((share) => quantile(buckets, share))).toEqual([
      0.1,
      0.5,
      Number.POSITIVE_INFINITY,
    ]);
    expect(quantile([], 0.5)).toBeUndefined();
    expect(quantile([{ upTo: 1, count: 0 }], 0.5)).toBeUndefined();
    expect([0.025, 2.5, Number.POSITIVE_INFINITY].map((bound) => boundText(bound, 60))).toEqual([
      '≤ 25 ms',
      '≤ 2.5 s',
      '> 60 s',
    ]);
  });
});

describe('a figure over time', () => {
  test('a rate needs two looks, and none comes of a counter that began anew', () => {
    const rate = new Rate();
    expect([
      rate.next(100, 1_000),
      rate.next(160, 3_000),
      rate.next(5, 5_000),
      rate.next(15, 6_000),
    ]).toEqual([undefined, 30, undefined, 10]);
  });

  test('a line ends at the right edge and forgets the oldest', () => {
    const recent = new Recent(3);
    expect(recent.points()).toBe('');
    for (const value of [9, 0, 4, 2]) recent.add(value);
    expect(recent.points()).toBe('0.0,29.0 50.0,1.0 100.0,15.0');
  });
});
