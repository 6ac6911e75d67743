import { seededRandom } from '@trending/runtime/random';
import { describe, expect, test } from 'vitest';
import { isOver, surgeFactor, zipfWeights } from '../src/domain/rhythm.ts';
import { type DemoView, Traffic } from '../src/domain/traffic.ts';
import { demoTokens } from '../src/tokens.ts';

const start = Date.UTC(2026, 0, 1, 12);
const settings = { tokens: 72, viewsPerSecond: 200, surgeEveryMs: 15_000, botViewsPerSecond: 3 };

function countsOf(views: readonly DemoView[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { token } of views) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

function run(traffic: Traffic, seconds: number, from = start): DemoView[] {
  return Array.from({ length: seconds * 10 }, (_, i) =>
    traffic.between(from + i * 100, from + (i + 1) * 100),
  ).flat();
}

describe('made-up traffic', () => {
  test('keeps the set rate within a third, surges and rhythm included', () => {
    const views = run(new Traffic({ ...settings, surgeEveryMs: 1e9, random: seededRandom(1) }), 60);
    expect(views.length / 60).toBeGreaterThan(200 * 0.5);
    expect(views.length / 60).toBeLessThan(200 * 1.6);
  });

  test('is the same for the same seed and differs for another', () => {
    const [a, b, c] = [1, 1, 2].map((seed) =>
      run(new Traffic({ ...settings, random: seededRandom(seed) }), 5),
    );
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  test('views are in time order inside the asked range', () => {
    const views = new Traffic({ ...settings, random: seededRandom(3) }).between(
      start,
      start + 1_000,
    );
    expect(views.map(({ viewedAt }) => viewedAt)).toEqual(
      views.map(({ viewedAt }) => viewedAt).sort((x, y) => x - y),
    );
    expect(views.every(({ viewedAt }) => viewedAt >= start && viewedAt < start + 1_000)).toBe(true);
  });

  test('a spike lifts a quiet token above all others within seconds', () => {
    const traffic = new Traffic({ ...settings, surgeEveryMs: 1e9, random: seededRandom(4) });
    run(traffic, 10);
    const spiked = traffic.spike(start + 10_000);
    const counts = countsOf(run(traffic, 8, start + 10_000));
    const others = [...counts].filter(([token]) => token !== spiked).map(([, count]) => count);
    expect(counts.get(spiked)).toBeGreaterThan(Math.max(...others));
  });

  test('the bot is one viewer on one token with even gaps', () => {
    const bot = run(new Traffic({ ...settings, random: seededRandom(5) }), 10).filter(
      ({ viewer }) => viewer === 'bot-1',
    );
    expect(new Set(bot.map(({ token }) => token)).size).toBe(1);
    expect(bot.length).toBeGreaterThanOrEqual(29);
    const gaps = bot.slice(1).map(({ viewedAt }, i) => viewedAt - (bot[i]?.viewedAt ?? 0));
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
  });

  test('organic surges begin by themselves and end', () => {
    const traffic = new Traffic({ ...settings, viewsPerSecond: 50, random: seededRandom(6) });
    const firstMinute = countsOf(run(traffic, 60));
    const later = countsOf(run(traffic, 60, start + 600_000));
    const top = (counts: Map<number, number>) =>
      [...counts]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 10)
        .map(([token]) => token);
    expect(top(firstMinute)).not.toEqual(top(later));
  });

  test('a surge rises, holds and fades to its usual rate', () => {
    const surge = {
      token: 0,
      startedAt: 0,
      height: 10,
      rampMs: 1000,
      holdMs: 1000,
      halfLifeMs: 1000,
    };
    expect([-1, 0, 500, 1000, 2000, 3000].map((at) => surgeFactor(surge, at))).toEqual([
      1, 1, 5.5, 10, 10, 5.5,
    ]);
    expect(isOver(surge, 3000)).toBe(false);
    expect(isOver(surge, 20_000)).toBe(true);
  });

  test('popularity is Zipf: weights fall with rank and sum to one', () => {
    const weights = zipfWeights(72);
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect((weights[0] ?? 0) / (weights[9] ?? 1)).toBeCloseTo(10 ** 1.05, 6);
  });
});

describe('the demo tokens', () => {
  test('are at least 60 on at least 6 chains, none twice', () => {
    expect(demoTokens.length).toBeGreaterThanOrEqual(60);
    expect(new Set(demoTokens.map(({ chain }) => chain)).size).toBeGreaterThanOrEqual(6);
    expect(new Set(demoTokens.map(({ chain, address }) => `${chain}:${address}`)).size).toBe(
      demoTokens.length,
    );
  });
});
