import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dominantBucket } from '../../src/domain/provenance.ts';
import { ProvenanceHours } from '../../src/state/provenance-hours.ts';

const running = 1_000;
const arbitraryView = fc.record({
  token: fc.integer({ min: 1, max: 3 }),
  hour: fc.integer({ min: running - 31, max: running + 1 }),
  provenance: fc.constantFrom(0, 18, 18, 18, 33, 255),
});
type View = typeof arbitraryView extends fc.Arbitrary<infer T> ? T : never;

/** Sources and countries of the views within some hours. */
function countsOf(views: readonly View[], isIn: (hour: number) => boolean) {
  const sources = new Array<number>(16).fill(0);
  const countries = new Array<number>(16).fill(0);
  for (const { hour, provenance } of views) {
    if (!isIn(hour)) continue;
    sources[provenance >> 4] = (sources[provenance >> 4] ?? 0) + 1;
    countries[provenance & 15] = (countries[provenance & 15] ?? 0) + 1;
  }
  return { sources, countries };
}

function toldOf(now: readonly number[], past: readonly number[]): number[] {
  const bucket = dominantBucket(now);
  if (bucket < 0) return [];
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return [bucket, now[bucket] ?? 0, sum(now), past[bucket] ?? 0, sum(past)];
}

describe('sources and countries by the hour', () => {
  it('equal a recount of the views, in any order and after any moves of time', () => {
    const steps = fc.tuple(fc.array(arbitraryView, { maxLength: 120, size: 'max' }), fc.nat(40));
    fc.assert(
      fc.property(steps, ([views, behind]) => {
        const hours = new ProvenanceHours();
        hours.advance(running - behind);
        for (const [index, { token, hour, provenance }] of views.entries()) {
          hours.add(token, hour, provenance);
          // What was told before must not stand in the way of what is to be told.
          if (index % 5 === 0) hours.of(token);
        }
        hours.advance(running);
        const isNow = (hour: number) => hour >= running - 1;
        const isPast = (hour: number) => hour < running - 4 && hour >= running - 28;
        expect(hours.site()).toEqual(countsOf(views, isNow));
        for (const token of [1, 2, 3]) {
          const own = views.filter((view) => view.token === token);
          const [now, past] = [countsOf(own, isNow), countsOf(own, isPast)];
          expect(hours.of(token)).toEqual({
            sources: toldOf(now.sources, past.sources),
            countries: toldOf(now.countries, past.countries),
          });
        }
      }),
    );
  });

  it('stop counting where nothing more is to be told, and add up all the same', () => {
    const hours = new ProvenanceHours();
    hours.advance(running);
    for (let i = 0; i < 300; i += 1) hours.add(1, running, 18);
    expect(hours.site().sources[1]).toBe(255);
    expect(hours.of(1).countries).toEqual([2, 255, 255, 0, 0]);
    const copy = new ProvenanceHours();
    copy.advance(running);
    for (const hour of hours.all()) copy.load(hour);
    expect(copy.site()).toEqual(hours.site());
  });
});
