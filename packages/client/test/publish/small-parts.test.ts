import type { ViewRequest } from '@trending/schemas/http/publish';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { View } from '../../src/publish/index.ts';
import { askedWaitMs, backoffMs, delayMs } from '../../src/publish/retry-delay.ts';
import { uuidV7 } from '../../src/uuid-v7.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

test('a view has the very fields that the service takes', () => {
  expectTypeOf<Writable<View>>().toEqualTypeOf<ViewRequest>();
});

describe('an event id', () => {
  test('is the example of RFC 9562 for its time and bits', () => {
    const bits = [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f];
    expect(uuidV7(0x017f22e279b0, Uint8Array.from(bits))).toBe(
      '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    );
  });

  test('made later sorts later', () => {
    const most = new Uint8Array(10).fill(255);
    expect(uuidV7(2, new Uint8Array(10)) > uuidV7(1, most)).toBe(true);
  });
});

describe('the wait before another try', () => {
  test('doubles with every failure up to its bound, and chance takes of it', () => {
    expect([0, 1, 2, 3].map((failures) => backoffMs(failures, 1))).toEqual([200, 400, 800, 1_600]);
    expect(backoffMs(60, 1)).toBe(15_000);
    expect(backoffMs(3, 0)).toBe(0);
  });

  test('is never sooner than the service asks, and spread beyond it', () => {
    expect(delayMs(0, 5_000, 0)).toBe(5_000);
    expect(delayMs(0, 5_000, 1)).toBe(6_000);
    expect(delayMs(0, 0, 1)).toBe(200);
    expect(delayMs(3, 0, 0.5)).toBe(800);
    expect(delayMs(0, undefined, 1)).toBe(200);
  });

  test.each([
    ['3', 3_000],
    ['0', 0],
    ['999999', 120_000],
    [new Date(11_000).toUTCString(), 10_000],
    [new Date(0).toUTCString(), 0],
    ['soon', undefined],
    [null, undefined],
  ])('Retry-After %s is %s ms', (header, ms) => {
    expect(askedWaitMs(header, 1_000)).toBe(ms);
  });
});
