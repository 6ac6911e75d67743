import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFetchAnswer, type FetchAnswer } from '../src/fetch-answer.ts';
import { decoderBefore } from '../src/kafkajs-cluster.ts';

interface Encoder {
  readonly buffer: Buffer;
}

const require = createRequire(import.meta.url);
const protocol = 'kafkajs/src/protocol';
const { RecordBatch } = require(`${protocol}/recordBatch/v0`) as {
  RecordBatch(batch: Readonly<Record<string, unknown>>): Promise<Encoder>;
};
const encodeRecord: (record: Readonly<Record<string, unknown>>) => Encoder = require(
  `${protocol}/recordBatch/record/v0`,
);

/** kafkajs' own decoder, whoever replaced it in this process before. */
function stockDecoder(): (answer: Buffer) => Promise<FetchAnswer> {
  const path = require.resolve(`${protocol}/requests/fetch/v11/response`);
  const replaced = require.cache[path];
  delete require.cache[path];
  const { decode } = require(path) as { decode(answer: Buffer): Promise<FetchAnswer> };
  if (replaced !== undefined) require.cache[path] = replaced;
  return decode;
}

const stock = stockDecoder();
const magicEnd = 17;
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const arbitraryRecord = fc.record({
  offsetDelta: fc.nat(100_000),
  timestampDelta: fc.integer({ min: -1_000_000, max: 2 ** 40 }),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 9 })
      .filter((name) => name !== '__proto__'),
    fc.oneof(bytes, fc.array(bytes, { minLength: 2, maxLength: 3 })),
    { maxKeys: 3 },
  ),
});
const arbitraryBatch = fc.record({
  firstOffset: fc.nat(2 ** 40),
  firstTimestamp: fc.nat(2 ** 42),
  maxTimestamp: fc.nat(2 ** 42),
  producerId: fc.integer({ min: -1, max: 2 ** 40 }),
  producerEpoch: fc.integer({ min: -1, max: 30_000 }),
  firstSequence: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  lastOffsetDelta: fc.nat(100_000),
  partitionLeaderEpoch: fc.nat(1_000),
  compression: fc.constantFrom(0, 1),
  transactional: fc.boolean(),
  /** Stamped by the broker, written by it. */
  flags: fc.constantFrom<number[]>(0, 0x8, 0x20, 0x28),
  records: fc.array(arbitraryRecord, { maxLength: 8 }),
});
type Batch = typeof arbitraryBatch extends fc.Arbitrary<infer T> ? T : never;
const arbitraryPartition = fc.record({
  partition: fc.nat(100),
  errorCode: fc.constantFrom(0, 1, 6),
  aborted: fc.array(fc.nat(2 ** 40), { maxLength: 2 }),
  batches: fc.array(arbitraryBatch, { maxLength: 3 }),
  /** Bytes that are missing of the last batch. */
  cut: fc.constantFrom(0, 0, 1, 30, 200),
});
const arbitraryTopics = fc.array(
  fc.record({
    name: fc.constantFrom('views', 'a.b', 'ü'),
    partitions: fc.array(arbitraryPartition, { maxLength: 3 }),
  }),
  { maxLength: 3 },
);

async function batchBytes({ records, flags, ...head }: Batch): Promise<Buffer> {
  const { buffer } = await RecordBatch({ ...head, records: records.map(encodeRecord) });
  const batch = Buffer.from(buffer);
  batch.writeInt16BE(batch.readInt16BE(21) | flags, 21);
  return batch;
}

function int(value: number, bits: 16 | 32 | 64): Buffer {
  const field = Buffer.alloc(bits / 8);
  if (bits === 64) field.writeBigInt64BE(BigInt(value));
  else field.writeIntBE(value, 0, bits / 8);
  return field;
}

type Topics = typeof arbitraryTopics extends fc.Arbitrary<infer T> ? T : never;

async function answerOf(topics: Topics): Promise<Buffer> {
  const parts = [int(7, 32), int(0, 16), int(0, 32), int(topics.length, 32)];
  for (const { name, partitions } of topics) {
    parts.push(int(Buffer.byteLength(name), 16), Buffer.from(name), int(partitions.length, 32));
    for (const { partition, errorCode, aborted, batches, cut } of partitions) {
      const whole = Buffer.concat(await Promise.all(batches.map(batchBytes)));
      // Of fewer bytes than a batch needs to tell its format kafkajs makes an error.
      const end = Math.max(0, whole.length - cut);
      const sent = whole.subarray(0, end < magicEnd ? 0 : end);
      parts.push(int(partition, 32), int(errorCode, 16), int(90, 64), int(80, 64), int(3, 64));
      parts.push(int(aborted.length, 32));
      for (const id of aborted) parts.push(int(id, 64), int(5, 64));
      parts.push(int(-1, 32), int(sent.length, 32), sent);
    }
  }
  return Buffer.concat(parts);
}

/** Offsets and times are numbers here, texts there; which of them has no prototype makes no difference. */
function comparable(answer: FetchAnswer): unknown {
  const normal = (_name: string, value: unknown) =>
    _name === 'offset' || _name === 'timestamp' ? String(value) : value;
  return JSON.parse(JSON.stringify(answer, normal));
}

describe('an answer to a fetch', () => {
  it('is read as kafkajs reads it', async () => {
    let records = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryTopics, async (topics) => {
        const answer = await answerOf(topics);
        const decoded = await decodeFetchAnswer(answer);
        expect(comparable(decoded)).toEqual(comparable(await stock(answer)));
        for (const { partitions } of decoded.responses)
          for (const { messages } of partitions) records += messages.length;
      }),
      { numRuns: 300, endOnFailure: true },
    );
    expect(records).toBeGreaterThan(500);
  });

  it('that is damaged, or packed as only kafkajs knows, is what kafkajs makes of it', async () => {
    const outcome = (decode: (answer: Buffer) => Promise<FetchAnswer>, answer: Buffer) =>
      decode(answer).then(comparable, (error: unknown) => String(error));
    const damage = fc.record({ topics: arbitraryTopics, at: fc.nat(), end: fc.nat() });
    await fc.assert(
      fc.asyncProperty(damage, async ({ topics, at, end }) => {
        const whole = await answerOf(topics);
        const answer = whole.subarray(0, 14 + (end % whole.length));
        const read = await decodeFetchAnswer(answer).then(comparable, () => undefined);
        if (read !== undefined) expect(read).toEqual(await outcome(stock, answer));
        const batch = await batchBytes({ ...emptyBatch, flags: at % 7 });
        const topic = { name: 'views' as const, partitions: [noRecords] };
        const odd = Buffer.concat([await answerOf([topic]), batch]);
        odd.writeInt32BE(batch.length, odd.length - batch.length - 4);
        expect(await outcome(decoderBefore(stock), odd)).toEqual(await outcome(stock, odd));
      }),
      { numRuns: 200 },
    );
  });
});

const noRecords: Topics[number]['partitions'][number] = {
  ...{ partition: 0, errorCode: 0, aborted: [], batches: [], cut: 0 },
};
const emptyBatch: Batch = {
  ...{ firstOffset: 0, firstTimestamp: 0, maxTimestamp: 0, producerId: -1, producerEpoch: -1 },
  ...{ firstSequence: -1, lastOffsetDelta: 0, partitionLeaderEpoch: 0, compression: 0 },
  ...{ transactional: false, flags: 0, records: [] },
};
