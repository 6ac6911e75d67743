import { hoursOfWeek, type JourneyGroup } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FoldedView } from '../../src/domain/folded-view.ts';
import { provenanceOf } from '../../src/domain/provenance.ts';
import { tokenHashOf } from '../../src/domain/token-hash.ts';
import { windowLevels } from '../../src/domain/window-level.ts';
import { AggregateState } from '../../src/state/aggregate-state.ts';
import { BaseReader } from '../../src/state/base-reader.ts';
import { encodeBase } from '../../src/state/base-writer.ts';
import type { KnownTokens } from '../../src/state/category-table.ts';
import { bytesOf, type ViewSpec, viewOf } from '../support/views.ts';

const start = 1_700_000_000_000;
const hour = 3_600_000;
/** More than a chain ships whatever their support, so that tokens come and go. */
const names = Array.from({ length: 130 }, (_, n) => `eth:0x${n}`);
const arbitraryToken = fc.oneof(fc.constantFrom(...names.slice(0, 4)), fc.constantFrom(...names));

const arbitraryView = fc.record({
  token: arbitraryToken,
  viewer: fc.integer({ min: 1, max: 12 }),
  network: fc.integer({ min: 1, max: 3 }),
  weightMicro: fc.constantFrom(1_000_000, 1_000_000, 250_000),
  country: fc.constantFrom('CH', 'DE'),
  age: fc.oneof(
    fc.constantFrom(0, 0, 0, 12_000, 290_000, hour / 4, hour / 2),
    fc.integer({ min: -60_000, max: 40 * hour }),
  ),
});
const arbitraryAdvance = fc.record({
  advance: fc.constantFrom(
    ...[100, 1_000, 10_000, 60_000, 5 * 60_000, 15 * 60_000, 31 * 60_000],
    ...[hour, hour + 1, 6 * hour, 24 * hour, 50 * hour],
  ),
});
const arbitraryNews = fc.record({
  token: arbitraryToken,
  categories: fc.subarray(['defi', 'meme', 'rwa']),
  createdAt: fc.option(fc.integer({ min: start - 90 * hour, max: start }), { nil: undefined }),
});
/** Its busiest hour is three times as busy as the others. */
const arbitraryWeek = fc.record({
  token: arbitraryToken,
  busiest: fc.option(fc.integer({ min: 0, max: hoursOfWeek - 1 }), { nil: undefined }),
});
/** Of the day of the last view, of those before, or of the one that is still to come. */
const arbitraryJourney = fc.record({
  token: arbitraryToken,
  viewer: fc.integer({ min: 1, max: 12 }),
  daysAgo: fc.constantFrom(0, 0, 0, 1, 2, -1),
  kind: fc.constantFrom('came', 'went'),
});
const arbitraryLook = fc.record({ look: fc.constantFrom(...windowLevels) });
const arbitrarySteps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: arbitraryView },
    { weight: 4, arbitrary: arbitraryJourney },
    { weight: 3, arbitrary: arbitraryAdvance },
    { weight: 3, arbitrary: arbitraryLook },
    { weight: 1, arbitrary: arbitraryNews },
    { weight: 1, arbitrary: arbitraryWeek },
    { weight: 1, arbitrary: fc.constant({ restart: true }) },
  ),
  { minLength: 10, maxLength: 60, size: 'max' },
);

type Journey = typeof arbitraryJourney extends fc.Arbitrary<infer T> ? T : never;

interface News {
  readonly categories: readonly string[];
  readonly createdAt: number | undefined;
}

/** A partition that is looked at again and again, and all that ever happened to it. */
class LookedAt {
  readonly #news = new Map<string, News>();
  readonly #weeks = new Map<string, Int32Array>();
  readonly #known: KnownTokens = {
    categoriesOf: (token) => this.#news.get(token)?.categories ?? [],
    createdAtOf: (token) => this.#news.get(token)?.createdAt,
    weekOf: (token) => this.#weeks.get(token),
  };
  readonly #views: FoldedView[] = [];
  readonly #journeys: JourneyGroup[] = [];
  #asOf = start;
  #state = new AggregateState({ from: 0, asOf: start, known: this.#known });

  /** `tokens`: viewed once each. */
  constructor(tokens: readonly string[]) {
    for (const [n, token] of tokens.entries()) this.view({ token, viewer: 100 + n, age: 0 });
  }

  view({ age, ...spec }: Omit<ViewSpec, 'at'> & { readonly age: number }): void {
    const view = viewOf({ ...spec, at: this.#asOf - age });
    this.#views.push(view);
    this.#state.store.add(view, provenanceOf(view));
  }

  journey({ token, viewer, daysAgo, kind }: Journey): void {
    const day = Math.floor(this.#asOf / (24 * hour)) - daysAgo;
    const [one, none] = [bytesOf(viewer, 8), new Uint8Array(0)];
    const group = {
      tokenHash: tokenHashOf(token),
      day,
      came: kind === 'came' ? one : none,
      went: kind === 'went' ? one : none,
    };
    this.#journeys.push(group);
    this.#state.applyJourneys(this.#journeys.length, [group]);
  }

  advance(ms: number): void {
    this.#asOf += ms;
    this.#state.store.advance(this.#asOf);
  }

  learn(token: string, news: News): void {
    this.#news.set(token, { ...news, categories: [...news.categories].sort() });
    this.#state.store.recategorise(token);
  }

  learnWeek(token: string, busiest: number | undefined): void {
    const hourOf = (_: unknown, index: number) => (index === busiest ? 3_000_000 : 1_000_000);
    if (busiest === undefined) this.#weeks.delete(token);
    else this.#weeks.set(token, Int32Array.from({ length: hoursOfWeek }, hourOf));
    this.#state.store.weekChanged(token);
  }

  restart(): void {
    const copy = new AggregateState({ from: 0, asOf: this.#asOf, known: this.#known });
    const reader = new BaseReader(copy);
    for (const part of encodeBase(this.#state, 17)) reader.add(part);
    this.#state = copy;
  }

  /** Looks, and compares with a partition that never told anything before. */
  look(level = windowLevels[0] as (typeof windowLevels)[number]): void {
    const { store } = new AggregateState({ from: 0, asOf: start, known: this.#known });
    // Some before the views that they tell of, and all in another order.
    const halves = [0, 1].map((half) => this.#journeys.filter((_, index) => index % 2 === half));
    const [before = [], behind = []] = halves;
    for (const group of before.toReversed()) store.applyJourneys(group);
    for (const view of this.#views) store.add(view, provenanceOf(view));
    store.advance(this.#asOf);
    for (const group of behind) store.applyJourneys(group);
    expect(this.#state.store.site(level)).toEqual(store.site(level));
    expect(this.#state.store.candidates(level)).toEqual(store.candidates(level));
    expect(this.#state.store.totals(level)).toEqual(store.totals(level));
  }
}

describe('features that are kept from one emission to the next', () => {
  it('are those that are read anew, whatever was viewed, learned or restored, and however much time passed', {
    timeout: 120_000,
  }, () => {
    fc.assert(
      fc.property(arbitrarySteps, (steps) => {
        const partition = new LookedAt(names);
        for (const step of steps) {
          if ('advance' in step) partition.advance(step.advance);
          else if ('look' in step) partition.look(step.look);
          else if ('restart' in step) partition.restart();
          else if ('categories' in step) partition.learn(step.token, step);
          else if ('busiest' in step) partition.learnWeek(step.token, step.busiest);
          else if ('kind' in step) partition.journey(step);
          else partition.view(step);
        }
        for (const level of windowLevels) partition.look(level);
      }),
      { numRuns: 80 },
    );
  });

  it('are read again when a week of the token is told, within the minute', () => {
    const weekOf = new Map<string, Int32Array>();
    const known = { categoriesOf: () => [], weekOf: (token: string) => weekOf.get(token) };
    const { store } = new AggregateState({ from: 0, asOf: start, known });
    store.add(viewOf({ token: 'eth:0xa', at: start }));
    const level = windowLevels[1] as (typeof windowLevels)[number];
    expect(store.candidates(level)[0]?.weekIndexMicro).toEqual([]);
    weekOf.set('eth:0xa', new Int32Array(hoursOfWeek).fill(2_000_000));
    store.weekChanged('eth:0xa');
    expect(store.candidates(level)[0]?.weekIndexMicro).toEqual([2_000_000, 2_000_000, 2_000_000]);
  });

  it('are not those of a token that is gone and whose number another one has', () => {
    const partition = new LookedAt(['eth:0xa']);
    partition.look();
    partition.advance(50 * hour);
    for (const viewer of [1, 2, 3]) {
      partition.view({ token: 'eth:0xb', viewer, age: 0 });
      partition.look();
    }
  });

  it('are the same objects while nothing happens to their tokens', () => {
    const known = { categoriesOf: () => [] };
    const { store } = new AggregateState({ from: 0, asOf: start, known });
    for (const token of ['eth:0xa', 'eth:0xb']) store.add(viewOf({ token, at: start }));
    for (const level of windowLevels) {
      const before = store.candidates(level);
      store.add(viewOf({ token: 'eth:0xb', viewer: 2, at: start }));
      const [first, second] = store.candidates(level);
      expect(first).toBe(before[0]);
      expect(second).not.toBe(before[1]);
    }
  });
});
