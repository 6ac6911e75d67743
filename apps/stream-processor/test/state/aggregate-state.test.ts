import type { ConsumedRecord } from '@trending/kafka';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rebuildFrom } from '../../src/domain/rebuild-range.ts';
import { windowLevels } from '../../src/domain/window-level.ts';
import { AggregateState } from '../../src/state/aggregate-state.ts';
import { candidateSetOf } from '../../src/state/candidate-sets.ts';
import { aggregate } from '../../src/topology.ts';
import { viewOf } from '../support/views.ts';

const start = 1_700_000_000_000;
const minute = 60_000;
const hour = 60 * minute;

/** Records with gaps of up to hours, retried ids, double-clicks, and event times up to a day back or a minute ahead. */
const arbitraryLog = fc.array(
  fc.record({
    wait: fc.oneof(fc.nat(5_000), fc.nat(11 * minute), fc.nat(6 * hour)),
    age: fc.oneof(
      fc.nat(3_000),
      fc.nat(90_000),
      fc.nat(24 * hour),
      fc.integer({ min: -70_000, max: 0 }),
    ),
    token: fc.constantFrom('eth:0xa', 'eth:0xb', 'sol:C'),
    viewer: fc.integer({ min: 1, max: 4 }),
    eventId: fc.nat(30),
    flags: fc.constantFrom(0, 0, 0, 1),
  }),
  { minLength: 1, maxLength: 150, size: 'max' },
);

interface LogEntry {
  readonly wait: number;
  readonly age: number;
  readonly token: string;
  readonly viewer: number;
  readonly eventId: number;
  readonly flags: number;
}
type Entry = ReturnType<typeof entriesOf>[number];

function entriesOf(log: readonly LogEntry[]) {
  let timestamp = start;
  return log.map(({ wait, age, ...spec }, offset) => {
    timestamp += wait;
    const view = viewOf({ ...spec, at: timestamp - age, receivedAt: timestamp });
    const key = Buffer.from(spec.token);
    const record: ConsumedRecord = {
      topic: 'v',
      partition: 0,
      offset,
      timestamp,
      key,
      value: null,
      headers: {},
    };
    return { record, view };
  });
}

function fold(
  state: AggregateState,
  entries: readonly Entry[],
  advance: (entry: Entry) => void = () => undefined,
) {
  for (const entry of entries) {
    advance(entry);
    aggregate(state, entry.record, { ok: true, value: entry.view });
  }
}

const stateFrom = (from: number, asOf: number) =>
  new AggregateState({ from, asOf, categoriesOf: () => [] });

const setsAt = (state: AggregateState, asOf: number) => {
  state.store.advance(asOf);
  const identity = { partition: 0, epoch: 1, metadataOffset: 0 };
  return windowLevels.map((level) => candidateSetOf(state, level, identity));
};

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
      }),
      { numRuns: 20 },
    );
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
