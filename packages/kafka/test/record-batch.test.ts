import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from '../src/crc32c.ts';
import { decodeProduce, encodeProduce } from '../src/produce-protocol.ts';
import type { ProducedRecord } from '../src/record.ts';
import { encodeBatch, encodePackedBatch } from '../src/record-batch.ts';

interface StockDecoder {
  readInt64(): bigint;
}
interface StockBatch {
  readonly firstOffset: string;
  readonly lastOffsetDelta: number;
  readonly firstTimestamp: string;
  readonly maxTimestamp: string;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly records: readonly {
    readonly offset: string;
    readonly timestamp: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: Readonly<Record<string, Buffer>>;
  }[];
}

/** kafkajs' own reader and checksum of record batches: somebody else's opinion of our bytes. */
const kafkajs = createRequire(import.meta.resolve('kafkajs'));
const Decoder: new (bytes: Buffer) => StockDecoder = kafkajs('./src/protocol/decoder');
const decodeStock: (batch: StockDecoder) => Promise<StockBatch> = kafkajs(
  './src/protocol/recordBatch/v0/decoder',
);
const crcStock: (bytes: Buffer) => number = kafkajs('./src/protocol/recordBatch/crc32C');

const stamp = { producerId: 4_003n, producerEpoch: 2, firstSequence: 17, now: 1_700_000_000_000 };

function read(bytes: Buffer): Promise<StockBatch> {
  return decodeStock(new Decoder(bytes));
}

test('CRC-32C of the check string and of RFC 3720, appendix B.4', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => i)))).toBe(0x46dd794e);
});

test('the checksum of any part of any bytes is that of kafkajs', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), fc.nat(20), (bytes, skip, cut) => {
      const end = Math.max(skip, bytes.length - cut);
      const part = Buffer.from(bytes.subarray(skip, end));
      expect(crc32c(bytes, Math.min(skip, bytes.length), Math.min(end, bytes.length))).toBe(
        crcStock(part),
      );
    }),
  );
});

test('a batch is these bytes, and its checksum covers everything behind it', () => {
  const batch = encodeBatch(
    [
      { key: 'k', value: Buffer.from('v'), timestamp: 1_000, headers: { h: 'x' } },
      { key: null, value: null, timestamp: 999 },
    ],
    { ...stamp, producerId: 1n },
  );
  expect(batch.toString('hex')).toBe(
    [
      '0000000000000000', // base offset
      '00000045', // length of the rest
      'ffffffff', // leader epoch: unknown
      '02', // magic
      crc32c(batch, 21).toString(16).padStart(8, '0'),
      '0000', // attributes
      '00000001', // last offset delta
      '00000000000003e8', // base timestamp
      '00000000000003e8', // latest timestamp
      '0000000000000001', // producer id
      '0002', // epoch
      '00000011', // first sequence
      '00000002', // records
      '18000000026b02760202680278', // 12 bytes: no attributes, same time, first, "k", "v", "h" = "x"
      '0c000102010100', // 6 bytes: a millisecond earlier, second, no key, no value, no headers
    ].join(''),
  );
});

/** kafkajs' reader collects headers in a plain object, so it stumbles over names that every object has. */
const isPlainName = (name: string) => !(name in {});

const record: fc.Arbitrary<ProducedRecord> = fc.record(
  {
    key: fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.uint8Array({ maxLength: 80 }),
    ),
    value: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null }),
    timestamp: fc.integer({ min: 0, max: 4_102_444_800_000 }),
    headers: fc.dictionary(
      fc.string({ minLength: 1, maxLength: 10 }).filter(isPlainName),
      fc.string({ unit: 'binary', maxLength: 70 }),
      { maxKeys: 3 },
    ),
  },
  { requiredKeys: ['key', 'value'] },
);

test('kafkajs reads from a batch what went in, compressed or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      async (records, isPacked) => {
        const batch = isPacked
          ? await encodePackedBatch(records, stamp)
          : encodeBatch(records, stamp);
        expect(batch.readUInt32BE(17)).toBe(crcStock(batch.subarray(21)));
        const found = await read(batch);
        expect(found).toMatchObject({
          firstOffset: '0',
          lastOffsetDelta: records.length - 1,
          producerId: '4003',
          producerEpoch: 2,
          firstSequence: 17,
        });
        const times = records.map(({ timestamp }) => timestamp ?? stamp.now);
        expect(found.maxTimestamp).toBe(String(Math.max(...times)));
        expect(
          found.records.map(({ offset, timestamp, key, value, headers }) => ({
            offset,
            timestamp,
            key: key?.toString('hex'),
            value: value?.toString('hex'),
            headers: Object.entries(headers).map(([name, text]) => [name, text.toString()]),
          })),
        ).toEqual(
          records.map(({ key, value, headers = {} }, i) => ({
            offset: String(i),
            timestamp: String(times[i]),
            key: key === null ? undefined : Buffer.from(key as Uint8Array).toString('hex'),
            value: value === null ? undefined : Buffer.from(value).toString('hex'),
            headers: Object.entries(headers).map(([name, text]) => [
              name,
              Buffer.from(text).toString(),
            ]),
          })),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('batches larger than the writer leave those before them as they were', async () => {
  const small = encodeBatch([{ key: 'small', value: null }], stamp);
  const copy = Buffer.from(small);
  const large = encodeBatch([{ key: 'large', value: Buffer.alloc(3_000_000, 7) }], stamp);
  expect(small).toEqual(copy);
  const [found] = (await read(large)).records;
  expect(found?.value?.equals(Buffer.alloc(3_000_000, 7))).toBe(true);
});

test('a produce request groups partitions by topic; an answer names each of them', () => {
  const batch = (topic: string, partition: number) => ({
    target: { topic, partition },
    bytes: Buffer.from([partition]),
  });
  const body = encodeProduce([batch('a', 1), batch('b', 2), batch('a', 3)], 4_000);
  expect(body.toString('hex')).toBe(
    [
      'ffff', // no transaction
      'ffff', // all in-sync replicas
      '00000fa0', // timeout
      '00000002', // topics
      '000161', // "a"
      '00000002', // partitions
      '000000010000000101',
      '000000030000000103',
      '000162', // "b"
      '00000001',
      '000000020000000102',
    ].join(''),
  );
  const answer = Buffer.from(
    [
      '00000001', // topics
      '000161',
      '00000002', // partitions
      '00000001' + '0000' + '0000000000000005' + 'ffffffffffffffff' + '0000000000000000',
      '00000003' + '0006' + 'ffffffffffffffff' + 'ffffffffffffffff' + 'ffffffffffffffff',
      '00000009', // throttled, ms
    ].join(''),
    'hex',
  );
  expect(decodeProduce(answer)).toEqual({
    partitions: [
      { topicName: 'a', partition: 1, errorCode: 0, baseOffset: '5' },
      { topicName: 'a', partition: 3, errorCode: 6, baseOffset: '-1' },
    ],
    clientSideThrottleTime: 9,
  });
  expect(() => decodeProduce(answer.subarray(0, 30))).toThrow(RangeError);
});
