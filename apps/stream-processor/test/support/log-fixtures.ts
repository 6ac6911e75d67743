import type { ConsumedRecord } from '@trending/kafka';
import fc from 'fast-check';
import { windowLevels } from '../../src/domain/window-level.ts';
import { AggregateState } from '../../src/state/aggregate-state.ts';
import { candidateSetOf } from '../../src/state/candidate-sets.ts';
import { aggregate } from '../../src/topology.ts';
import { viewOf } from './views.ts';

export const start = 1_700_000_000_000;
export const minute = 60_000;
export const hour = 60 * minute;

/** Records with gaps of up to hours, retried ids, double-clicks, and event times up to a day back or a minute ahead. */
export const arbitraryLog = fc.array(
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
    network: fc.integer({ min: 1, max: 3 }),
    eventId: fc.nat(30),
    flags: fc.constantFrom(0, 0, 0, 1),
    isMarker: fc.constantFrom(false, false, false, false, true),
    source: fc.constantFrom('web', 'web', 'api'),
    country: fc.constantFrom('CH', 'DE', undefined),
  }),
  { minLength: 1, maxLength: 150, size: 'max' },
);

export interface LogEntry {
  readonly wait: number;
  readonly age: number;
  readonly token: string;
  readonly viewer: number;
  /** The viewer's own when absent. */
  readonly network?: number;
  readonly eventId: number;
  readonly flags: number;
  /** The mark of a transaction stands here instead. */
  readonly isMarker?: boolean;
  readonly source?: string;
  readonly country?: string | undefined;
}
export type Entry = ReturnType<typeof entriesOf>[number];

export function entriesOf(log: readonly LogEntry[]) {
  let timestamp = start;
  return log.map(({ wait, age, isMarker = false, ...spec }, offset) => {
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
      ...(isMarker ? { key: null, isMarker } : {}),
    };
    return { record, view };
  });
}

export function fold(
  state: AggregateState,
  entries: readonly Entry[],
  advance: (entry: Entry) => void = () => undefined,
) {
  for (const entry of entries) {
    advance(entry);
    aggregate(state, entry.record, { ok: true, value: entry.view });
  }
}

export const stateFrom = (from: number, asOf: number) =>
  new AggregateState({ from, asOf, known: { categoriesOf: () => [] } });

export const setsAt = (state: AggregateState, asOf: number) => {
  state.store.advance(asOf);
  const identity = { partition: 0, epoch: 1, metadataOffset: 0 };
  return windowLevels.map((level) => candidateSetOf(state, level, identity));
};
