import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultLaneSettings, ProducerLane } from '../src/producer-lane.ts';
import { createFakeBroker, type SendFate } from './support/fake-producer.ts';

const fates: SendFate[] = [
  'ok',
  'ok',
  'ok',
  'late',
  'wrong-partition',
  'twice',
  'no-receipt',
  'lost-answer',
  'refuse',
];

const appends = fc.array(
  fc.record({
    partition: fc.nat(2),
    records: fc.integer({ min: 1, max: 7 }),
    /** Turns of the event loop before this append. */
    wait: fc.nat(3),
  }),
  { minLength: 1, maxLength: 25 },
);

test('whatever the broker does: order kept, one send in flight, every call settles, acknowledged means written once', async () => {
  await fc.assert(
    fc.asyncProperty(
      appends,
      fc.array(fc.constantFrom(...fates), { maxLength: 40 }),
      async (plan, faults) => {
        let asked = 0;
        // One fate after the other, so that the partitions of one send meet different ones.
        const broker = createFakeBroker(() => faults[asked++] ?? 'ok', turn);
        const queueRecordsMax = 30;
        const lane = new ProducerLane(
          { ...defaultLaneSettings, deadlineMs: 15, batchRecordsMax: 4, queueRecordsMax },
          () => broker.createProducer(),
        );
        const calls: Promise<{ base: number } | { code: string }>[] = [];
        for (const [i, { partition, records, wait }] of plan.entries()) {
          for (let n = 0; n < wait; n += 1) await turn();
          const named = Array.from({ length: records }, (_, n) => ({
            key: `${i}.${n}`,
            value: null,
          }));
          calls.push(
            lane.append({ topic: 't', partition }, named).then(
              (base) => ({ base }),
              ({ code }: { code: string }) => ({ code }),
            ),
          );
        }
        const results = await Promise.all(calls);
        broker.release();
        await lane.close();
        expect(broker.inFlightMax).toBeLessThanOrEqual(1);
        for (const batches of broker.sends) {
          const partitions = batches.map(({ target }) => target.partition);
          expect(new Set(partitions).size).toBe(partitions.length);
          for (const { chunks, records, target } of batches) {
            expect(records.length).toBeLessThanOrEqual(4);
            expect(chunks.every(({ call }) => call.target.partition === target.partition)).toBe(
              true,
            );
          }
        }
        plan.forEach(({ partition, records }, i) => {
          const log = broker.log.get(`t/${partition}`) ?? [];
          const result = results[i]!;
          if (!('base' in result)) return;
          const expected = Array.from({ length: records }, (_, n) => `${i}.${n}`);
          expect(log.filter((key) => key.startsWith(`${i}.`))).toEqual(expected);
          expect(log[result.base]).toBe(`${i}.0`);
        });
        for (const partition of [0, 1, 2]) {
          const acknowledged = (broker.log.get(`t/${partition}`) ?? []).filter(
            (key) => 'base' in results[Number(key.split('.')[0])]!,
          );
          const order = acknowledged.map((key) => key.split('.').map(Number));
          expect(order).toEqual(order.toSorted((a, b) => a[0]! - b[0]! || a[1]! - b[1]!));
        }
      },
    ),
    { numRuns: 60 },
  );
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
