import { describe, expect, test } from 'vitest';
import { SinkBuffer } from '../../src/tasks/sink-buffer.ts';
import {
  deduplicationToken,
  pendingMetadata,
  pendingRangeOf,
} from '../../src/tasks/sink-protocol.ts';

describe('commit metadata', () => {
  test('round trip of an open range', () => {
    expect(pendingRangeOf(5, pendingMetadata(9))).toEqual({ start: 5, end: 9 });
  });

  test.each([
    ['nothing committed yet', -1, pendingMetadata(9)],
    ['no metadata', 5, ''],
    ['not JSON', 5, 'hello'],
    ['JSON of another kind', 5, 'null'],
    ['another field', 5, '{"v":1}'],
    ['a range that ends where it starts', 5, pendingMetadata(5)],
    ['a broken number', 5, '{"v":1,"pend":"9"}'],
  ])('%s means no open range', (_, offset, metadata) => {
    expect(pendingRangeOf(offset, metadata)).toBeUndefined();
  });

  test('the token names topic, partition and range', () => {
    const range = { topic: 'a.views', partition: 7, start: 1, end: 3 };
    expect(deduplicationToken(range)).toBe('a.views:7:1-3');
  });
});

const record = (offset: number, bytes = 10) => ({
  topic: 't',
  partition: 0,
  offset,
  timestamp: 0,
  key: null,
  value: new Uint8Array(bytes),
  headers: {},
});
const limits = { rangeRecordsMax: 3, rangeBytesMax: 1_000 };

describe('the buffer', () => {
  test('ranges join without a hole, whatever offsets compaction left', () => {
    const buffer = new SinkBuffer(limits, 10);
    buffer.add([record(12), record(15), record(16), record(20)]);
    expect(buffer.take()).toMatchObject({ start: 10, end: 17 });
    expect(buffer.take()).toMatchObject({ start: 17, end: 21 });
  });

  test('a range ends before it grows over its bytes, but one record always fits', () => {
    const buffer = new SinkBuffer(limits, 0);
    buffer.add([record(0, 5_000), record(1, 5_000)]);
    expect(buffer.take()).toMatchObject({ start: 0, end: 1 });
    expect(buffer.take()).toMatchObject({ start: 1, end: 2 });
  });

  test('a pending range waits until it is complete and then ends where it ended', () => {
    const buffer = new SinkBuffer(limits, 0, 5);
    buffer.add([record(0), record(1), record(2), record(3)]);
    expect(buffer.hasRange).toBe(false);
    buffer.add([record(6)]);
    expect(buffer.hasRange).toBe(true);
    expect(buffer.take()).toMatchObject({ start: 0, end: 5, records: { length: 4 } });
    expect(buffer.take()).toMatchObject({ start: 5, end: 7 });
  });

  test('asks for a pause at two ranges and for more below one', () => {
    const buffer = new SinkBuffer(limits, 0);
    buffer.add([0, 1, 2, 3, 4].map((offset) => record(offset)));
    expect([buffer.wantsPause, buffer.wantsResume]).toEqual([false, false]);
    buffer.add([record(5)]);
    expect(buffer.wantsPause).toBe(true);
    buffer.take();
    expect(buffer.wantsResume).toBe(false);
    buffer.take();
    expect(buffer.wantsResume).toBe(true);
  });
});
