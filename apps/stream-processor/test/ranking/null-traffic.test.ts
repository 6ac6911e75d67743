import { expect, test } from 'vitest';
import { Chance } from '../../src/evaluate/planted/random.ts';
import { hourMs, minuteMs, popularity, SiteTraffic, tokenNames } from '../support/site-traffic.ts';
import { SteppedTopology } from '../support/stepped-topology.ts';

const tokens = tokenNames(100);
const start = Date.UTC(2026, 0, 5);
const warmMs = 46 * hourMs;
const judgedMs = 12 * hourMs;
const noiseMs = 20 * minuteMs;

/** Noise that lasts: every twenty minutes seven parts of the old and three of a new gamma (mean 1, variance 0.15). */
function noise(): (token: number, at: number) => number {
  const chance = new Chance(77);
  const steps = Math.ceil((warmMs + judgedMs) / noiseMs);
  const levels = tokens.map(() => {
    let level = 1;
    return Array.from({ length: steps }, () => {
      level = 0.7 * level + 0.3 * chance.gamma(1 / 0.15);
      return level;
    });
  });
  return (token, at) => levels[token]?.[Math.floor((at - start) / noiseMs)] ?? 1;
}

test('restless traffic without any trend raises at most one alarm a day for a hundred tokens, and no score of five', {
  timeout: 60_000,
}, () => {
  const level = noise();
  const rateOf = (token: number, at: number) => popularity(token, 2) * level(token, at);
  const service = new SteppedTopology({ startsAt: start });
  const traffic = new SiteTraffic({ tokens, rateOf }, 9);
  service.fold(traffic.views(start, start + warmMs));
  let [alarms, best] = [0, 0];
  let flagged = new Set<string>();
  for (let at = start + warmMs; at < start + warmMs + judgedMs; at += 5 * minuteMs) {
    service.fold(traffic.views(at, at + 5 * minuteMs));
    service.step(at + 5 * minuteMs);
    const { items } = service.board('trending');
    const now = new Set(
      items.flatMap(({ token, flags }) => flags.map((flag) => `${token} ${flag}`)),
    );
    alarms += [...now].filter((flag) => !flagged.has(flag)).length;
    flagged = now;
    best = Math.max(best, items[0]?.scoreMicro ?? 0);
  }
  const days = judgedMs / (24 * hourMs);
  expect(alarms / days).toBeLessThanOrEqual(1);
  expect(best).toBeLessThan(5_000_000);
});
