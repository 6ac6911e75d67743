import { expect, test } from 'vitest';
import { LatencyWindow } from '../../src/element/latency.ts';

test('there is no latency before the first change', () => {
  expect(new LatencyWindow().p50()).toBeUndefined();
});

test('the median of the last twenty is shown', () => {
  const latency = new LatencyWindow();
  for (let i = 0; i < 50; i += 1) latency.add(1_000, 9_000);
  for (let i = 0; i < 20; i += 1) latency.add(1_000, 1_030 + i);
  expect(latency.p50()).toBe(40);
});

test('a board without views, a clock behind ours and a slept tab give no sample', () => {
  const latency = new LatencyWindow();
  latency.add(0, 5_000);
  latency.add(5_000, 4_999);
  latency.add(5_000, 5_000 + 60_001);
  expect(latency.p50()).toBeUndefined();
});
