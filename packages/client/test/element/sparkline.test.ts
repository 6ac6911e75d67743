import { expect, test } from 'vitest';
import { sparklinePoints } from '../../src/element/parts/sparkline.ts';

test('the highest value touches the top, zero the ground', () => {
  expect(sparklinePoints([0, 50, 100])).toBe('0.0,26.0 50.0,14.0 100.0,2.0');
});

test('a flat zero series lies on the ground', () => {
  expect(sparklinePoints([0, 0])).toBe('0.0,26.0 100.0,26.0');
});
