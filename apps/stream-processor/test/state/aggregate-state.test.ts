import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rebuildFrom } from '../../src/domain/rebuild-range.ts';
import {
  arbitraryLog,
  entriesOf,
  fold,
  hour,
  minute,
  setsAt,
  start,
  stateFrom,
} from '../support/log-fixtures.ts';

describe('aggregate state', () => {
  it('rebuilt from the oldest record that matters equals one that never stopped', () => {
    fc.assert(
      fc.property(arbitraryLog, fc.nat(3 * hour), (log, idle) => {
        const entries = entriesOf(log);
        const now = (entries.at(-1)?.record.timestamp ?? start) + idle;
        const whole = stateFrom(0, start);
        fold(whole, entries, ({ record }) => whole.store.advance(record.timestamp));
        const from = entries.findIndex(({ record }) => record.timestamp >= rebuildFrom(now));
        const kept = from < 0 ? [] : entries.slice(from);
        const rebuilt = stateFrom(entries.length - kept.length, now);
        fold(rebuilt, kept);
        expect(setsAt(rebuilt, now)).toEqual(setsAt(whole, now));
      }),
      { numRuns: 60 },
    );
  });

  it('counts the marker of a transaction as such, and lets it move no time', () => {
    const entry = { token: 'eth:0xa', viewer: 1, eventId: 1, flags: 0, age: 0 };
    const state = stateFrom(0, start);
    fold(
      state,
      entriesOf([
        { ...entry, wait: 0 },
        { ...entry, wait: hour, isMarker: true },
      ]),
    );
    expect(state.counts).toMatchObject({ accepted: 2, counted: 1, deadLettered: 0, markers: 1 });
    expect([state.inputOffset, state.time.logTime]).toEqual([2, start]);
  });

  it('rebuilt still knows a duplicate whose first copy is older than every pane', () => {
    const now = Math.floor(start / hour) * hour + hour - 1;
    const oldestPane = now + 1 - 49 * hour;
    const entry = { token: 'eth:0xa', viewer: 1, eventId: 7, flags: 0, age: 0 };
    const entries = entriesOf([
      { ...entry, wait: oldestPane - 5 * minute - start },
      { ...entry, wait: 8 * minute },
      { ...entry, wait: 48 * hour, eventId: 8 },
    ]);
    const from = entries.findIndex(({ record }) => record.timestamp >= rebuildFrom(now));
    const [whole, rebuilt] = [stateFrom(0, now), stateFrom(from, now)];
    fold(whole, entries);
    fold(rebuilt, entries.slice(from));
    expect(whole.counts).toMatchObject({ counted: 2, duplicate: 1 });
    expect(setsAt(rebuilt, now)).toEqual(setsAt(whole, now));
    expect(setsAt(rebuilt, now)[3]?.items).toMatchObject([{ views: 1, viewsPrev: 0 }]);
  });

  it('gives every record exactly one fate', () => {
    fc.assert(
      fc.property(arbitraryLog, (log) => {
        const state = stateFrom(0, start);
        fold(state, entriesOf(log));
        expect(state.counts.accepted).toBe(log.length);
        expect(state.counts.residual()).toBe(0);
        expect(state.unaccepted()).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it("shows by the log's offsets that a record was passed over, or accepted twice", () => {
    const state = stateFrom(7, start);
    const record = { offset: 8, timestamp: start };
    state.accept(record);
    state.putAside('avro');
    expect([state.counts.residual(), state.unaccepted()]).toEqual([0, 1]);
    for (let times = 0; times < 2; times += 1) {
      state.accept(record);
      state.putAside('avro');
    }
    expect([state.counts.residual(), state.unaccepted()]).toEqual([0, -1]);
  });

  it('counts the same view again after 30 s, and not a millisecond earlier', () => {
    const views = [0, 29_999, 59_999, 89_998].map((after) => ({ wait: after, age: 0 }));
    const state = stateFrom(0, start);
    let before = 0;
    const log = views.map(({ wait, age }, eventId) => {
      const entry = { wait: wait - before, age, token: 'eth:0xa', viewer: 1, eventId, flags: 0 };
      before = wait;
      return entry;
    });
    fold(state, entriesOf(log));
    expect(state.counts).toMatchObject({ counted: 2, filtered: 2 });
  });

  it('lets a duplicate refresh the memory of its id', () => {
    const state = stateFrom(0, start);
    const entry = { age: 0, token: 'eth:0xa', viewer: 1, eventId: 7, flags: 0 };
    const again = { ...entry, wait: 9 * minute };
    fold(
      state,
      entriesOf([{ ...entry, wait: 0 }, again, again, { ...again, wait: 10 * minute + 1 }]),
    );
    expect(state.counts).toMatchObject({ counted: 2, duplicate: 2 });
  });

  it('does not let a record in the future move the watermark', () => {
    const state = stateFrom(0, start);
    const entry = { wait: 0, token: 'eth:0xa', viewer: 1, flags: 0 };
    fold(
      state,
      entriesOf([
        { ...entry, age: -60_001, eventId: 1 },
        { ...entry, age: 0, eventId: 2 },
      ]),
    );
    expect(state.counts).toMatchObject({ deadLettered: 1, counted: 1 });
    expect(state.time.streamTime).toBe(start);
  });
});
