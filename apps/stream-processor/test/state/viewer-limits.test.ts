import type { JourneyGroup } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenHashOf } from '../../src/domain/token-hash.ts';
import { levelOf, windowLevels } from '../../src/domain/window-level.ts';
import type { AggregateState } from '../../src/state/aggregate-state.ts';
import { section } from '../../src/state/base-format.ts';
import { BaseReader } from '../../src/state/base-reader.ts';
import { encodeBase } from '../../src/state/base-writer.ts';
import { ByteWriter } from '../../src/state/bytes.ts';
import { ViewCountStore } from '../../src/state/view-count-store.ts';
import { cellDifferences, stateCells } from '../../src/verify/state-cells.ts';
import { hour, minute, setsAt, start, stateFrom } from '../support/log-fixtures.ts';
import { bytesOf, type ViewSpec, viewOf } from '../support/views.ts';

const micro = 1_000_000;
const noCategories = { categoriesOf: () => [] };
const slow = 60_000;
const midnight = Math.floor(start / hour) * hour;

function restored(state: AggregateState): AggregateState {
  const copy = stateFrom(0, start - 60 * hour);
  const reader = new BaseReader(copy);
  for (const part of encodeBase(state, 17)) reader.add(part);
  return copy;
}

function factOf({ token = 'eth:0xa', viewer = 1, at }: ViewSpec, index: number): JourneyGroup {
  const [one, none] = [bytesOf(viewer, 8), new Uint8Array(0)];
  const isNewcomer = index % 2 === 0;
  const kinds = { came: isNewcomer ? none : one, went: isNewcomer ? one : none };
  return { tokenHash: tokenHashOf(token), day: Math.floor(at / (24 * hour)), ...kinds };
}

/**
 * Counts the views in three ways: with windows that move along, with windows that move at the end only, and with a restart from a base
 * in the middle. All that is held, and all that is shipped now and later, must be the same.
 */
function expectOneState(views: readonly ViewSpec[], now: number): AggregateState {
  const [moving, lazy] = [stateFrom(0, start - 60 * hour), stateFrom(0, start - 60 * hour)];
  let restarted = moving;
  const facts = views.filter((_, index) => index % 3 === 0).map(factOf);
  for (const [index, spec] of views.entries()) {
    const view = viewOf(spec);
    if (index === views.length >> 1) restarted = restored(moving);
    if (index % 64 === 0) moving.store.advance(spec.at);
    for (const state of new Set([moving, restarted])) {
      state.store.add(view);
      // What is known of a viewer comes some time behind him, when his row may be gone again.
      const fact = index % 3 === 0 ? facts[index / 3 - 20] : undefined;
      if (fact !== undefined) state.store.applyJourneys(fact);
    }
    lazy.store.add(view);
  }
  for (const fact of facts.slice(-20))
    for (const state of new Set([moving, restarted])) state.store.applyJourneys(fact);
  for (const fact of facts) lazy.store.applyJourneys(fact);
  setsAt(moving, now);
  for (const other of [lazy, restarted]) {
    setsAt(other, now);
    expect(cellDifferences(stateCells(moving), stateCells(other), 3)).toEqual([]);
  }
  for (const later of [0, 20 * minute, 5 * hour, 19 * hour]) {
    const expected = setsAt(moving, now + later);
    for (const other of [lazy, restarted]) {
      expect(setsAt(other, now + later)).toEqual(expected);
    }
  }
  return moving;
}

describe('viewers beyond those that are tracked', () => {
  it(
    'are those seen the longest ago: 70,000 of the morning hide nobody at noon',
    () => {
      const store = new ViewCountStore(midnight, noCategories);
      const see = (viewer: number, at: number) => {
        store.add(viewOf({ viewer, at }));
        if (viewer % 500 === 0) store.advance(at);
      };
      for (let i = 0; i < 70_000; i += 1) see(i, midnight + Math.floor((i / 70_000) * 12 * hour));
      for (let i = 0; i < 1_000; i += 1) see(70_000 + i, midnight + 13 * hour + i * 1_000);
      store.advance(midnight + 13.5 * hour);
      const now = { visitors: 1_000, networks: 1_000, effective: 1_000 * micro };
      expect(store.featuresOf(levelOf('1h'), 'eth:0xa')).toMatchObject(now);
      expect(store.featuresOf(levelOf('24h'), 'eth:0xa')).toMatchObject({
        ...{ views: 71_000, visitors: 65_536, networks: 65_536, effective: 65_536 * micro },
      });
      expect(store.sizes()).toMatchObject({ viewers: 65_536, untracked: 71_000 - 65_536 });
      store.advance(midnight + 26.5 * hour);
      expect(store.featuresOf(levelOf('24h'), 'eth:0xa')).toMatchObject({
        visitors: Math.round((70_000 * 10) / 12) + 1_000,
      });
    },
    slow,
  );

  it(
    'of one network leave room for all others, however many ids it makes up',
    () => {
      const store = new ViewCountStore(midnight, noCategories);
      for (let i = 1; i <= 500; i += 1) store.add(viewOf({ viewer: i, at: midnight + i * 1_000 }));
      for (let i = 0; i < 100_000; i += 1)
        store.add(viewOf({ viewer: 1_000 + i, network: 9_999, at: midnight + 600_000 + i * 20 }));
      for (let i = 501; i <= 600; i += 1)
        store.add(viewOf({ viewer: i, at: midnight + 45 * minute }));
      store.advance(midnight + 50 * minute);
      for (const [window, cap] of [
        ['1h', 4],
        ['24h', 8],
      ] as const)
        expect(store.featuresOf(levelOf(window), 'eth:0xa')).toMatchObject({
          ...{ views: 100_600, visitors: 664, networks: 601, effective: (600 + cap) * micro },
        });
      expect(store.sizes()).toMatchObject({ viewers: 664, untracked: 100_000 - 64 });
    },
    slow,
  );

  it(
    'are the same after a restart, and whenever the windows moved, where a token has too many',
    () => {
      const views = Array.from({ length: 8_000 }, (_, i) => ({
        // Some come again, late or from elsewhere.
        viewer: i < 6_000 ? i : (i * 7_919) % 7_000,
        network: 1_000_000 * (i % 2) + (i % 7_000),
        at: midnight + Math.floor((i / 8_000) * 30 * hour) - (i % 9 === 0 ? (i % 7) * hour : 0),
      }));
      const crowd = Array.from({ length: 64_000 }, (_, i) => ({
        viewer: 100_000 + i,
        at: midnight + 30 * hour + i,
      }));
      const now = midnight + 30.5 * hour;
      const state = expectOneState([...views, ...crowd, ...views.slice(-3_000)], now);
      expect(state.store.sizes().untracked).toBeGreaterThan(1_000);
    },
    4 * slow,
  );

  it(
    'are the same after a restart, and whenever the windows moved, where networks have too many',
    () => {
      const arbitraryViews = fc.array(
        fc.record({
          token: fc.constantFrom('eth:0xa', 'eth:0xa', 'eth:0xb'),
          viewer: fc.integer({ min: 1, max: 150 }),
          network: fc.constantFrom(1, 1, 1, 2),
          weightMicro: fc.constantFrom(500_000, micro),
          wait: fc.oneof(fc.nat(20_000), fc.nat(10 * minute)),
          age: fc.oneof(fc.constant(0), fc.nat(40_000), fc.nat(20 * hour)),
        }),
        { minLength: 150, maxLength: 500, size: 'max' },
      );
      let untracked = 0;
      fc.assert(
        fc.property(arbitraryViews, (specs) => {
          let at = start;
          const views = specs.map(({ wait, age, ...spec }) => {
            at += wait;
            return { ...spec, at: at - age };
          });
          untracked += expectOneState(views, at).store.sizes().untracked;
        }),
        { numRuns: 25 },
      );
      expect(untracked).toBeGreaterThan(100);
    },
    slow,
  );

  it('are refused when a base brings them', () => {
    const state = stateFrom(0, midnight);
    for (let i = 0; i < 64; i += 1)
      state.store.add(viewOf({ viewer: i, network: 1, at: midnight + i }));
    const parts = [...encodeBase(state, 17)];
    const at = parts.findIndex((part) => part[0] === section.viewers);
    const viewers = parts[at] as Uint8Array;
    const body = viewers.subarray(0, -1);
    const one = body.subarray(body.length - 21);
    const more = new ByteWriter();
    more.raw(body);
    more.raw(one.map((byte, at) => (at === 3 ? 255 : byte)));
    more.byte(0);
    const reader = new BaseReader(stateFrom(0, midnight));
    const last = parts.pop() as Uint8Array;
    for (const part of parts.with(at, more.take())) reader.add(part);
    expect(() => reader.add(last)).toThrow('a network has more viewers');
  });

  it('count as views in every window', () => {
    const store = new ViewCountStore(start, noCategories);
    for (let i = 0; i < 70; i += 1) store.add(viewOf({ viewer: i, network: 1, at: start }));
    for (const level of windowLevels)
      expect(store.featuresOf(level, 'eth:0xa')).toMatchObject({ views: 70, visitors: 64 });
  });
});
