import { expect, test } from 'vitest';
import { Chance } from '../../src/evaluate/planted/random.ts';
import { hourMs, minuteMs, popularity, SiteTraffic, tokenNames } from '../support/site-traffic.ts';
import { type LoggedView, SteppedTopology } from '../support/stepped-topology.ts';
import { viewOf } from '../support/views.ts';

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

test('ordinary tokens that come to such a site are no pumps, while made-up visitors of two others are', {
  timeout: 60_000,
}, () => {
  const level = noise();
  const cameAt = start + warmMs + hourMs;
  const [known, come] = [300, 10];
  const names = tokenNames(known + come);
  const rateOf = (token: number, at: number) => {
    if (token < known) return popularity(token, 2) * level(token % tokens.length, at);
    const since = cameAt + (token - known) * 20 * minuteMs;
    return at < since ? 0 : 0.3 * level(token - known, at);
  };
  const service = new SteppedTopology({ startsAt: start });
  const traffic = new SiteTraffic({ tokens: names, rateOf }, 11);
  service.fold(traffic.views(start, cameAt));
  const flagged = new Set<string>();
  const listed = new Set<string>();
  for (let at = cameAt; at < cameAt + 8 * hourMs; at += 10 * minuteMs) {
    const made = at < cameAt + 5 * hourMs ? [] : pumped(at, at + 10 * minuteMs);
    const views = [...traffic.views(at, at + 10 * minuteMs), ...made];
    service.fold(views.sort((a, b) => a.timestamp - b.timestamp));
    service.step(at + 10 * minuteMs);
    for (const { token } of service.board('trending').items) listed.add(token);
    for (const { token, flags } of service.board('views').items)
      for (const flag of flags) flagged.add(`${token} ${flag}`);
  }
  expect(names.slice(known).some((name) => listed.has(name))).toBe(true);
  expect([...flagged].filter((flag) => / (pump|suspected)$/.test(flag)).sort()).toEqual([
    'ton:0xfew pump',
    'ton:0xfew suspected',
    'ton:0xone pump',
    'ton:0xone suspected',
  ]);
});

/**
 * Two made-up visitors a minute for each of two tokens that nobody knows: of one they look once, from ten networks; of the other twice,
 * each from a network of its own, but all by one link and from one country.
 */
function* pumped(from: number, to: number): Generator<LoggedView> {
  for (let at = from; at < to; at += minuteMs / 2) {
    const viewer = 2_000_000 + (at - start) / (minuteMs / 2);
    const network = 3_000_000 + (viewer % 10);
    const few = viewOf({ token: 'ton:0xfew', viewer, network, at, eventId: viewer });
    yield { view: few, timestamp: at };
    for (const look of [0, 1]) {
      const time = at + look * 31_000;
      const id = 5_000_000 + 2 * viewer + look;
      const from = { country: 'VN', source: 'partner', viewer: 9_000_000 + viewer };
      yield {
        view: viewOf({ token: 'ton:0xone', at: time, eventId: id, ...from }),
        timestamp: time,
      };
    }
  }
}
