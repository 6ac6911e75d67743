import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fates, LogReader, otherwise } from '../support/crooked-log.ts';
import { hourMs, minuteMs } from '../support/site-traffic.ts';
import { type LoggedView, SteppedTopology } from '../support/stepped-topology.ts';
import { viewOf } from '../support/views.ts';

const start = Date.UTC(2026, 0, 5, 21);
const stepMs = 20 * minuteMs;

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
const stepEnd = (timestamp: number) => Math.ceil(timestamp / stepMs) * stepMs;

function logOf(all: readonly Visit[]): LoggedView[] {
  let at = start;
  return all.map(({ wait, ...spec }, eventId) => {
    at += wait;
    return { view: viewOf({ ...spec, at, eventId: eventId + 1 }), timestamp: at };
  });
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
  const reader = new LogReader(log);
  for (let asOf = start + stepMs, step = 1; asOf <= end; asOf += stepMs, step += 1) {
    service.fold(reader.until(asOf));
    if (step === restartAt) service.restart();
    service.step(asOf);
    shown.push(service.shownBytes());
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
        const crooked = otherwise(log, drawn, stepEnd);
        expect(shownBy(crooked, end, way)).toEqual(straight);
      },
    ),
    { numRuns: 8 },
  );
});
