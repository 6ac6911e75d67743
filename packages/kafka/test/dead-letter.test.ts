import { createInMemoryLog } from '@trending/kafka/testing';
import { describe, expect, test } from 'vitest';
import { type ConsumedRecord, deadLetterInfo, deadLetterRecord } from '../src/index.ts';

const received: ConsumedRecord = {
  topic: 'token.views.v1',
  partition: 5,
  offset: 123_456_789_012,
  timestamp: 1,
  key: Buffer.from([0xff, 0x00, 0xfe]),
  value: Buffer.from([0x00, 0x00, 0x00, 0x00, 0x63, 0x80]),
  headers: {},
};

async function stored(detail: string) {
  const log = createInMemoryLog({ topics: [{ name: 'dlq', partitions: 1, config: {} }] });
  const cause = { stage: 'decode', reason: 'unknown_schema', detail, errorName: 'X' } as const;
  await log.append({ topic: 'dlq', partition: 0 }, [deadLetterRecord(received, cause)]);
  return log.records('dlq')[0]!;
}

describe('a dead letter', () => {
  test('keeps key and value byte for byte', async () => {
    const letter = await stored('schema id 99');
    expect(letter.key).toEqual(received.key);
    expect(letter.value).toEqual(received.value);
  });

  test('says where it came from and why, and can be read back', async () => {
    expect(deadLetterInfo(await stored('schema id 99'))).toEqual({
      topic: 'token.views.v1',
      partition: 5,
      offset: 123_456_789_012,
      timestamp: 1,
      stage: 'decode',
      reason: 'unknown_schema',
      detail: 'schema id 99',
      errorName: 'X',
    });
  });

  test('names its headers as agreed', async () => {
    expect(Object.keys((await stored('')).headers).sort()).toEqual([
      '__trending.errors.exception.class.name',
      '__trending.errors.exception.message',
      '__trending.errors.offset',
      '__trending.errors.partition',
      '__trending.errors.reason',
      '__trending.errors.stage',
      '__trending.errors.timestamp',
      '__trending.errors.topic',
    ]);
  });

  test('cuts long texts at 512 characters', async () => {
    expect(deadLetterInfo(await stored('x'.repeat(2_000)))?.detail).toHaveLength(512);
  });

  test('null key and value stay null', () => {
    const letter = deadLetterRecord(
      { ...received, key: null, value: null },
      { stage: 'decode', reason: 'bad_magic', detail: '' },
    );
    expect([letter.key, letter.value]).toEqual([null, null]);
  });

  test('any other record is not a dead letter', () => {
    expect(deadLetterInfo(received)).toBeUndefined();
  });
});
