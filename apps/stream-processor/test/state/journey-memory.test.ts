import { type ViewerJourneys, viewerBytes } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenHashOf } from '../../src/domain/token-hash.ts';
import { JourneyMemory } from '../../src/state/journey-memory.ts';
import { journeyPieces } from '../../src/state/journey-pieces.ts';
import {
  factLine,
  factLines,
  type Sighting,
  sightingOf,
  sightingsOf,
} from '../support/sightings.ts';

const today = 20_000;

/** Takes sightings one by one; the facts of each. */
function taker(memory = new JourneyMemory()) {
  let clock = 0;
  /** `when`: a day, where time goes on by itself, or a day and a second of it. */
  return (token: number, viewer: number, when: number | readonly [number, number] = today) => {
    const [day = today, second = clock++] = typeof when === 'number' ? [when] : when;
    return factLines(memory.take(sightingOf({ token, viewer, day, second }), today));
  };
}

describe('journey memory', () => {
  it('knows nothing of a viewer that was seen at one token only, however often', () => {
    const take = taker();
    expect([take(1, 7), take(1, 7), take(1, 8), take(2, 9)].flat()).toEqual([]);
  });

  it('says of a viewer that goes on to another token that it went from the first and came to the second', () => {
    const take = taker();
    take(1, 7);
    expect(take(2, 7)).toEqual([
      factLine('came', { token: 2, viewer: 7, day: today }),
      factLine('went', { token: 1, viewer: 7, day: today }),
    ]);
    expect(take(3, 7)).toEqual([
      factLine('came', { token: 3, viewer: 7, day: today }),
      factLine('went', { token: 2, viewer: 7, day: today }),
    ]);
    expect(take(3, 7)).toEqual([factLine('came', { token: 3, viewer: 7, day: today })]);
    expect(take(1, 7)).toEqual([factLine('came', { token: 1, viewer: 7, day: today })]);
  });

  it('takes for going on only what comes within a quarter of an hour', () => {
    const take = taker();
    take(1, 7);
    take(1, 8);
    expect(take(2, 7, [today, 900])).toHaveLength(2);
    expect(take(2, 8, [today, 902])).toEqual([
      factLine('came', { token: 2, viewer: 8, day: today }),
    ]);
    expect(take(3, 8, [today, 1_800])).toHaveLength(2);
    // Seen there again, on another day: it is from then on.
    take(3, 8, [today + 1, 40_000]);
    expect(take(4, 8, [today + 1, 40_600])).toHaveLength(2);
  });

  it('does not take a return to the first token for going on', () => {
    const take = taker();
    take(1, 7);
    take(2, 7);
    expect(take(1, 7)).toEqual([factLine('came', { token: 1, viewer: 7, day: today })]);
    expect(take(2, 7)).toEqual([factLine('came', { token: 2, viewer: 7, day: today })]);
  });

  it('takes along what it knew of a viewer from day to day, and forgets who stays away for two', () => {
    const take = taker();
    take(1, 7, today - 4);
    take(1, 8, today - 4);
    take(2, 8, today - 4);
    take(1, 7, today - 3);
    take(1, 7, today - 2);
    expect(take(3, 7, today - 1)).toEqual([
      factLine('came', { token: 3, viewer: 7, day: today - 1 }),
    ]);
    expect(take(2, 8, today - 1)).toEqual([]);
  });

  it('believes no clock that is ahead of the log by days', () => {
    const memory = new JourneyMemory();
    const take = taker(memory);
    take(1, 7);
    expect(take(2, 7, today + 2)).toEqual([]);
    expect(memory.counts()).toEqual({ taken: 1, ahead: 1, unremembered: 0 });
    expect(take(2, 7, today + 1)).toHaveLength(1);
  });

  it('gives facts for days that are over by what it knows, and remembers nothing of them', () => {
    const take = taker();
    take(1, 7);
    expect(take(2, 7, today - 2)).toHaveLength(1);
    expect(take(1, 7)).toEqual([]);
    take(1, 8, today - 2);
    expect(take(2, 8)).toEqual([]);
  });

  it('remembers no more viewers of a day than it has room for, and counts the others', () => {
    const memory = new JourneyMemory({ viewersMax: 2 });
    const take = taker(memory);
    for (const viewer of [1, 2, 3]) take(1, viewer, today - 1);
    for (const viewer of [4, 5]) take(1, viewer);
    expect(take(2, 3, today - 1)).toEqual([]);
    expect(take(2, 1)).toHaveLength(1);
    expect(take(3, 1)).toHaveLength(2);
    expect(memory.size()).toBe(4);
    expect(memory.counts()).toEqual({ taken: 8, ahead: 0, unremembered: 4 });
  });

  it('gathers facts by partition of the views, then by token and day', () => {
    const memory = new JourneyMemory();
    const viewers = [1, 2, 3];
    memory.take(
      sightingsOf(
        1,
        viewers.map((viewer) => ({ token: 1, viewer, day: today })),
      ),
      today,
    );
    const journeys = memory.take(
      sightingsOf(
        2,
        viewers.map((viewer) => ({ token: 2, viewer, day: today })),
      ),
      today,
    );
    expect(
      journeys.map(({ partition, groups }) => [
        partition,
        groups.map(({ tokenHash, day, came, went }) => [tokenHash, day, came.length, went.length]),
      ]),
    ).toEqual([
      [1, [[tokenHashOf('eth:0x1'), today, 0, 3 * viewerBytes]]],
      [2, [[tokenHashOf('eth:0x2'), today, 3 * viewerBytes, 0]]],
    ]);
  });
});

interface Walk {
  readonly first: number;
  /** Where it was last new, and when; the first token only until there is another. */
  readonly last: number;
  readonly at: number;
}

/** Days as maps of viewers with where they were; what is said of two days in words, written down once more. */
class NaiveMemory {
  readonly #days = new Map<number, Map<number, Walk>>();

  take({ token, viewer, day, second = 0 }: Sighting): string[] {
    const newest = Math.max(day, ...this.#days.keys());
    for (const kept of [newest, newest - 1])
      if (!this.#days.has(kept)) this.#days.set(kept, new Map());
    for (const old of this.#days.keys()) if (old < newest - 1) this.#days.delete(old);
    const [now, before] = [this.#days.get(newest), this.#days.get(newest - 1)];
    const known = now?.get(viewer) ?? before?.get(viewer);
    const at = 86_400 * day + second;
    if (known === undefined) {
      this.#days.get(day)?.set(viewer, { first: token, last: token, at });
      return [];
    }
    const home = now?.has(viewer) || day === newest ? now : before;
    home?.set(viewer, known);
    const came = factLine('came', { token, viewer, day });
    const seconds = at - known.at;
    if (token === known.first && known.last !== known.first) return seconds > 0 ? [came] : [];
    if (seconds > 0 && day >= newest - 1) home?.set(viewer, { ...known, last: token, at });
    if (token === known.first) return [];
    const went = factLine('went', { token: known.last, viewer, day });
    const isMove = token !== known.last && seconds > 0 && seconds <= 900;
    return isMove ? [came, went].sort() : [came];
  }
}

const streams = fc.array(
  fc.record({
    token: fc.nat(6),
    viewer: fc.nat(40),
    // Days move on slowly, and some sightings are late.
    late: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
    second: fc.nat(3_000),
    step: fc.constantFrom(...Array.from({ length: 60 }, () => 0), 1, 2),
  }),
  { minLength: 400, maxLength: 1_200 },
);

function seenIn(stream: typeof streams extends fc.Arbitrary<infer T> ? T : never): Sighting[] {
  let newest = today;
  return stream.map(({ token, viewer, late, second, step }) => {
    newest += step;
    return { token, viewer, day: newest - late, second };
  });
}

describe('journeys by a naive model', () => {
  it('are the same, whatever comes when', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const [memory, naive] = [new JourneyMemory(), new NaiveMemory()];
        for (const sighting of seenIn(stream))
          expect(factLines(memory.take(sightingOf(sighting), sighting.day))).toEqual(
            naive.take(sighting),
          );
      }),
      { numRuns: 40 },
    );
  });

  it('say nothing wrong of sightings that come again', () => {
    const within = fc.array(
      fc.record({
        token: fc.nat(4),
        viewer: fc.nat(10),
        day: fc.constantFrom(today - 1, today),
      }),
      { minLength: 20, maxLength: 100 },
    );
    fc.assert(
      fc.property(within, fc.array(fc.nat(99), { maxLength: 60 }), (seen, again) => {
        const memory = new JourneyMemory();
        const first = new Map<number, number>();
        const tokens = new Map<number, Set<number>>();
        for (const { token, viewer } of seen) {
          if (!first.has(viewer)) first.set(viewer, token);
          tokens.set(viewer, (tokens.get(viewer) ?? new Set()).add(token));
        }
        const right = new Set<string>();
        for (const { token, viewer } of seen)
          for (const day of [today - 1, today])
            for (const kind of ['came', 'went'] as const) {
              // Somebody who was at three tokens or more went on from each, one may say.
              const isFirst = first.get(viewer) === token;
              const least = kind === 'went' && !isFirst ? 3 : 2;
              if ((tokens.get(viewer)?.size ?? 0) >= least)
                right.add(factLine(kind, { token, viewer, day }));
            }
        const repeats = again.flatMap((at) => seen[at % seen.length] ?? []);
        for (const sighting of [...seen, ...repeats])
          for (const line of factLines(memory.take(sightingOf(sighting), today)))
            if (!right.has(line)) throw new Error(line);
      }),
      { numRuns: 200 },
    );
  });
});

describe('facts in pieces', () => {
  it('are the same facts, none of them larger than asked for', () => {
    const group = fc.record({
      tokenHash: fc.constantFrom(1, 2 ** 52 - 1),
      day: fc.constantFrom(today, today - 1),
      came: fc.uint8Array({ maxLength: 40 }).map(whole),
      went: fc.uint8Array({ maxLength: 40 }).map(whole),
    });
    const journeys = fc.array(
      fc.record({ partition: fc.nat(2), groups: fc.array(group, { maxLength: 5 }) }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(journeys, fc.integer({ min: 60, max: 300 }), (all, bytesMax) => {
        const pieces = [...journeyPieces(all, bytesMax)];
        expect(factLines(pieces)).toEqual(factLines(all));
        expect(Math.max(0, ...pieces.map(sizeOf))).toBeLessThanOrEqual(bytesMax + 24);
      }),
    );
  });
});

function whole(bytes: Uint8Array): Uint8Array {
  const filled = new Uint8Array(viewerBytes * Math.floor(bytes.length / viewerBytes) * 3);
  filled.set(bytes.subarray(0, filled.length));
  return filled;
}

function sizeOf({ groups }: ViewerJourneys): number {
  return groups.reduce((sum, { came, went }) => sum + 24 + came.length + went.length, 0);
}
