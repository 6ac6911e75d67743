import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { provenanceOf } from '../../src/domain/provenance.ts';
import type { AggregateState } from '../../src/state/aggregate-state.ts';
import { OlderBaseError, section } from '../../src/state/base-format.ts';
import { BaseReader } from '../../src/state/base-reader.ts';
import { encodeBase } from '../../src/state/base-writer.ts';
import { ByteWriter } from '../../src/state/bytes.ts';
import { type JournalRow, readJournal, type ViewJournal } from '../../src/state/view-journal.ts';
import {
  arbitraryLog,
  entriesOf,
  fold,
  hour,
  setsAt,
  start,
  stateFrom,
} from '../support/log-fixtures.ts';
import { bytesOf } from '../support/views.ts';

/** Cuts a log in two and folds the first part with a journal. */
function foldedHalf(log: Parameters<typeof entriesOf>[0], share: number) {
  const entries = entriesOf(log);
  const cut = Math.floor(entries.length * share);
  const [before, after] = [entries.slice(0, cut), entries.slice(cut)];
  const state = stateFrom(0, start);
  state.turnJournal();
  fold(state, before, ({ record }) => state.store.advance(record.timestamp));
  return { state, before, after, journal: journalOf(state) };
}

function journalOf(state: AggregateState): ViewJournal {
  const journal = state.turnJournal();
  if (journal === undefined) throw new Error('the state keeps no journal');
  return journal;
}

function restoredFrom(base: Iterable<Uint8Array>, asOf: number): AggregateState {
  const state = stateFrom(0, asOf);
  const reader = new BaseReader(state);
  for (const part of base) reader.add(part);
  expect(reader.epochBase).toBe(17);
  return state;
}

/** Sizes, tokens, viewers, provenance, journeys and summary of a few views. */
function smallBase(): Uint8Array[] {
  const { state } = foldedHalf(
    Array.from({ length: 12 }, (_, i) => ({
      wait: 40_000,
      age: 0,
      token: `eth:0x${i % 3}`,
      viewer: 1 + (i % 4),
      network: 1 + (i % 2),
      eventId: i,
      flags: 0,
    })),
    1,
  );
  return [...encodeBase(state, 17)];
}

function load(parts: readonly Uint8Array[]): void {
  const reader = new BaseReader(stateFrom(0, start));
  for (const part of parts) reader.add(part);
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('a journal', () => {
  it('replayed gives the same state, and the same verdicts on all that follows', () => {
    fc.assert(
      fc.property(arbitraryLog, share, (log, at) => {
        const { state, after, journal } = foldedHalf(log, at);
        const replayed = stateFrom(0, start);
        replayed.replay(journal.payload(), journal.rows);
        fold(state, after);
        fold(replayed, after);
        expect(replayed.summary().counts).toEqual(state.summary().counts);
        expect(replayed.inputOffset).toBe(state.inputOffset);
        // Windows moved with the time of markers too, which the log's time does not follow.
        const now = Math.max(state.time.logTime, state.store.asOf) + hour;
        expect(setsAt(replayed, now)).toEqual(setsAt(state, now));
      }),
      { numRuns: 60 },
    );
  });

  it('is the same bytes whoever writes it, and whenever the windows moved', () => {
    fc.assert(
      fc.property(arbitraryLog, (log) => {
        const { state, journal, before } = foldedHalf(log, 1);
        const other = stateFrom(0, start + 30 * hour);
        other.turnJournal();
        fold(other, before);
        expect(state.inputOffset).toBe(other.inputOffset);
        expect(journalOf(other).payload()).toEqual(journal.payload());
      }),
      { numRuns: 30 },
    );
  });

  it('holds no receive time after its record, whatever the view says', () => {
    const state = stateFrom(0, start);
    state.turnJournal();
    const [entry] = entriesOf([
      { wait: 0, age: 0, token: 'eth:0xa', viewer: 1, eventId: 1, flags: 0 },
    ]);
    if (entry === undefined) throw new Error('no entry');
    fold(state, [{ ...entry, view: { ...entry.view, receivedAt: 1.5e88 } }]);
    const journal = journalOf(state);
    const replayed = stateFrom(0, start);
    replayed.replay(journal.payload(), 1);
    expect([state.newestReceivedAt, replayed.newestReceivedAt]).toEqual([start, start]);
    expect(() => new ByteWriter().varint(1.5e88)).toThrow('no number');
  });

  it('from before views told where they come from is read as it was written', () => {
    const entry = { wait: 0, age: 40, token: 'eth:0xa', viewer: 7, eventId: 1, flags: 0 };
    const rows: JournalRow[] = [];
    const old = new ByteWriter();
    for (const value of [1, start]) old.varint(value);
    old.byte(0);
    old.signed(start);
    old.varint(0);
    old.text(entry.token);
    old.signed(entry.age);
    for (const word of [1, 2]) old.word(word);
    for (const bytes of [bytesOf(7, 8), bytesOf(7, 8)]) old.raw(bytes);
    old.varint(0);
    readJournal({ payload: old.take(), rows: 1 }, (row) => rows.push({ ...row }));
    const { journal } = foldedHalf([{ ...entry, source: 'web', country: 'CH' }], 1);
    readJournal({ payload: journal.payload(), rows: 1 }, (row) => rows.push({ ...row }));
    const [before, now] = rows;
    expect(before).toMatchObject({ viewedAt: start - entry.age, weightMicro: 1_000_000 });
    expect(now).toMatchObject({
      ...before,
      eventHigh: now?.eventHigh,
      eventLow: now?.eventLow,
      provenance: provenanceOf({ source: 'web', country: 'CH' }),
    });
    expect(before?.provenance).toBe(0);
  });

  it('is refused when rows are missing', () => {
    const entry = { wait: 0, age: 0, token: 'eth:0xa', viewer: 1, eventId: 1, flags: 0 };
    const { journal } = foldedHalf([entry, { ...entry, eventId: 2 }], 1);
    const fresh = () => stateFrom(0, start);
    expect(() => fresh().replay(journal.payload(), 3)).toThrow('2 rows where 3 were expected');
    expect(() => fresh().replay(journal.payload().subarray(0, -4), 2)).toThrow(RangeError);
  });
});

describe('a base', () => {
  it('with the journals before it gives the same state and the same verdicts on all that follows', () => {
    fc.assert(
      fc.property(arbitraryLog, share, fc.nat(30 * hour), (log, at, later) => {
        const { state, after, journal } = foldedHalf(log, at);
        const parts = [...encodeBase(state, 17)];
        const restored = restoredFrom(parts, state.store.asOf + later);
        restored.recollect(journal.payload(), {
          rows: journal.rows,
          from: 0,
          to: journal.rows,
          logTime: 0,
        });
        expect(restored.summary()).toEqual({
          ...state.summary(),
          asOf: restored.store.asOf,
        });
        fold(state, after);
        fold(restored, after);
        expect(restored.summary().counts).toEqual(state.summary().counts);
        const now = Math.max(state.time.logTime, restored.store.asOf) + hour;
        expect(setsAt(restored, now)).toEqual(setsAt(state, now));
      }),
      { numRuns: 100 },
    );
  });

  it('may be written while the windows move on', () => {
    const spread = Array.from({ length: 4_000 }, (_, i) => ({
      wait: i % 4 === 0 ? 1_000 : 0,
      age: (i % 7) * hour,
      token: `eth:0x${i % 300}`,
      viewer: i % 5_000,
      eventId: i,
      flags: 0,
    }));
    const { state } = foldedHalf(spread, 1);
    const parts: Uint8Array[] = [];
    for (const part of encodeBase(state, 17, 4_096)) {
      parts.push(part);
      state.store.advance(state.store.asOf + 2 * hour);
    }
    expect(parts.length).toBeGreaterThan(10);
    const restored = restoredFrom(parts, start);
    const { asOf } = state.store;
    expect(setsAt(restored, asOf)).toEqual(setsAt(state, asOf));
  });

  it('of a newer version is refused', () => {
    const reader = new BaseReader(stateFrom(0, start));
    expect(() => reader.add(Uint8Array.of(section.summary + 1, 0))).toThrow('newer version');
  });

  it('of an older format is told from a broken one', () => {
    for (const kind of [1, 3, 4, 7, 8, 11, 12, 16]) {
      const reader = new BaseReader(stateFrom(0, start));
      expect(() => reader.add(Uint8Array.of(kind, 0))).toThrow(OlderBaseError);
    }
    const reader = new BaseReader(stateFrom(0, start));
    expect(() => reader.add(Uint8Array.of(0, 0))).not.toThrow(OlderBaseError);
    expect(() => reader.add(Uint8Array.of(0, 0))).toThrow(RangeError);
  });

  it('is refused wherever one of its parts is cut', () => {
    const parts = smallBase();
    for (const [at, part] of parts.entries())
      for (let length = 0; length < part.length; length += 1)
        expect(() => load(parts.with(at, part.subarray(0, length)))).toThrow(RangeError);
    expect(() => load(parts.with(2, Uint8Array.of(...(parts[2] ?? []), 0)))).toThrow('behind');
    expect(() => load(parts)).not.toThrow();
  });

  it('with any bytes changed is read or refused, and nothing else happens', () => {
    const parts = smallBase();
    const change = fc.record({
      part: fc.nat(parts.length - 1),
      at: fc.nat(2_000),
      byte: fc.nat(255),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const copies = parts.map((part) => part.slice());
        for (const { part, at, byte } of changes) {
          const bytes = copies[part] as Uint8Array;
          bytes[at % bytes.length] = byte;
        }
        try {
          load(copies);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('that is out of order or holds something twice is refused', () => {
    const [sizes, tokens, viewers, provenance, journeys, summary] = smallBase() as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    expect(() => load([tokens])).toThrow('does not begin with its sizes');
    expect(() => load([summary])).toThrow('does not begin with its sizes');
    expect(() => load([sizes, viewers])).toThrow('a viewer of token 1 of 0');
    expect(() => load([sizes, tokens, tokens])).toThrow('is entered twice');
    expect(() => load([sizes, tokens, viewers, viewers, summary])).toThrow('there twice');
    expect(() => load([sizes, provenance])).toThrow(/an hour of token [123] of 0/);
    expect(() => load([sizes, tokens, provenance, provenance])).toThrow('there twice');
    expect(() => load([journeys])).toThrow('does not begin with its sizes');
    expect(() => load([sizes, tokens, viewers, summary, viewers])).toThrow('behind its last part');
  });

  it('gives viewers of many networks the shares that counting gave them', () => {
    const crowd = Array.from({ length: 3_000 }, (_, i) => ({
      wait: 400,
      age: (i % 5) * 20_000,
      token: `eth:0x${i % 7}`,
      viewer: i % 400,
      network: i % 37,
      eventId: i,
      flags: 0,
    }));
    const { state } = foldedHalf(crowd, 1);
    const { asOf } = state.store;
    const restored = restoredFrom(encodeBase(state, 17), start);
    expect(restored.store.sizes()).toEqual(state.store.sizes());
    for (const later of [0, 3, 30, 200, 1_430]) {
      const now = asOf + later * 60_000;
      expect(setsAt(restored, now)).toEqual(setsAt(state, now));
    }
    expect(restored.store.sizes()).toEqual(state.store.sizes());
  });
});
