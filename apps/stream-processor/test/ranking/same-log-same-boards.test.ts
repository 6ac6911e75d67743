import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hourMs, minuteMs } from '../support/site-traffic.ts';
import { type LoggedView, SteppedTopology } from '../support/stepped-topology.ts';
import { viewOf } from '../support/views.ts';

const start = Date.UTC(2026, 0, 5, 21);
const stepMs = 20 * minuteMs;
const scopes = ['all', 'chain:eth', 'chain:sol', 'chain:base'];
/** Views arrive out of order by up to this; a viewer's views of one token keep their order, as one publisher sends them. */
const disorderMs = 5_000;

interface Visit {
  readonly wait: number;
  readonly token: string;
  readonly viewer: number;
  readonly network: number;
  readonly weightMicro: number;
}

const visits: fc.Arbitrary<Visit[]> = fc.array(
  fc.record({
    wait: fc.oneof(fc.nat(8_000), fc.nat(5 * minuteMs), fc.nat(2 * hourMs)),
    token: fc.constantFrom('eth:0xa', 'eth:0xb', 'sol:C', 'sol:D', 'base:0xe'),
    viewer: fc.integer({ min: 1, max: 40 }),
    network: fc.integer({ min: 1, max: 12 }),
    weightMicro: fc.constantFrom(1_000_000, 1_000_000, 500_000),
  }),
  { minLength: 20, maxLength: 120, size: 'max' },
);
/** Drawn for every view: how late it arrives, and whether and when a copy of it does. */
const fates = fc.infiniteStream(
  fc.record({
    late: fc.nat(disorderMs),
    copyAfter: fc.oneof(fc.constant(undefined), fc.nat(9 * minuteMs)),
  }),
);

function logOf(all: readonly Visit[]): LoggedView[] {
  let at = start;
  return all.map(({ wait, ...spec }, eventId) => {
    at += wait;
    return { view: viewOf({ ...spec, at, eventId: eventId + 1 }), timestamp: at };
  });
}

/** The log as another broker could have got it: disordered, with copies. */
function otherwise(
  log: readonly LoggedView[],
  drawn: Iterator<{ readonly late: number; readonly copyAfter: number | undefined }>,
): LoggedView[] {
  const arrived = new Map<string, number>();
  const all = log.flatMap(({ view, timestamp }): LoggedView[] => {
    const { late = 0, copyAfter } = drawn.next().value ?? {};
    const publisher = `${view.token} ${view.viewer.join()}`;
    // Never over the border of a step: both services must know the same views by then.
    const border = Math.ceil(timestamp / stepMs) * stepMs;
    const at = Math.max(arrived.get(publisher) ?? 0, Math.min(timestamp + late, border));
    arrived.set(publisher, at);
    const copy = copyAfter === undefined ? [] : [{ view, timestamp: at + copyAfter }];
    return [{ view, timestamp: at }, ...copy];
  });
  return all.sort((a, b) => a.timestamp - b.timestamp);
}

/** What every step shows. */
function shownBy(
  log: readonly LoggedView[],
  end: number,
  { partitions, restartAt }: { readonly partitions: number; readonly restartAt: number },
): string[][] {
  const windows = ['5m', '1h', '6h', '24h'] as const;
  const restarts = restartAt > 0;
  const service = new SteppedTopology({ startsAt: start, partitions, windows, restarts });
  const shown: string[][] = [];
  let next = 0;
  for (let asOf = start + stepMs, step = 1; asOf <= end; asOf += stepMs, step += 1) {
    const from = next;
    while ((log[next]?.timestamp ?? Number.POSITIVE_INFINITY) <= asOf) next += 1;
    service.fold(log.slice(from, next));
    if (step === restartAt) service.restart();
    service.step(asOf);
    shown.push(service.shownBytes(scopes));
  }
  return shown;
}

test('boards are the same bytes for every order of arrival, copies, number of partitions and restart', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(
      visits,
      fates,
      fc.record({
        partitions: fc.integer({ min: 1, max: 7 }),
        restartAt: fc.integer({ min: 0, max: 12 }),
      }),
      (all, drawn, way) => {
        const log = logOf(all);
        const end = Math.min((log.at(-1)?.timestamp ?? start) + stepMs, start + 12 * hourMs);
        const straight = shownBy(log, end, { partitions: 1, restartAt: 0 });
        const crooked = otherwise(log, drawn[Symbol.iterator]());
        expect(shownBy(crooked, end, way)).toEqual(straight);
      },
    ),
    { numRuns: 8 },
  );
});
