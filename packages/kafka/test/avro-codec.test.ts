import { schemaOf, type TokenView, topics } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codecOf } from '../src/avro-codec.ts';
import { headerBytes, schemaIdOf } from '../src/wire-format.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const view: fc.Arbitrary<TokenView> = fc.record({
  eventId: bytes(16),
  chain: fc.string(),
  token: fc.string({ maxLength: 60 }),
  viewer: bytes(8),
  network: bytes(8),
  viewedAt: time,
  receivedAt: time,
  source: fc.string({ unit: 'grapheme' }),
  partnerId: fc.option(fc.string()),
  country: fc.option(fc.string()),
  device: fc.option(fc.string()),
  dwellMs: fc.option(fc.nat()),
  weightMicro: fc.nat(1_000_000),
  flags: fc.nat(7),
});
const plain = (value: TokenView) => ({
  ...value,
  eventId: [...value.eventId],
  viewer: [...value.viewer],
  network: [...value.network],
});
const codec = codecOf<TokenView>(schemaOf(topics.views));
const sample = fc.sample(view, { seed: 1, numRuns: 1 })[0]!;

describe('the codec', () => {
  test('reads back what it wrote, plain byte arrays included', () => {
    fc.assert(
      fc.property(view, (value) => {
        const decoded = codec.decode(codec.encode(value, 7));
        if (!decoded.ok) throw new Error(decoded.detail);
        expect(plain(decoded.value)).toEqual(plain(value));
      }),
    );
  });

  test('frames are zero, the id in four bytes, the body', () => {
    const frame = codec.encode(sample, 0x01020304);
    expect([...frame.subarray(0, headerBytes)]).toEqual([0, 1, 2, 3, 4]);
    expect(schemaIdOf(frame)).toBe(0x01020304);
    expect(schemaIdOf(codec.encode(sample, 0xfedcba98))).toBe(0xfedcba98);
    expect(schemaIdOf(Buffer.from([1, 0, 0, 0, 1, 0]))).toBeUndefined();
    expect(schemaIdOf(Buffer.from([0, 0, 0, 1]))).toBeUndefined();
  });

  test('a frame keeps its bytes when the next value is encoded', () => {
    const first = codec.encode(sample, 1);
    const copy = Buffer.from(first);
    codec.encode({ ...sample, token: 'other' }, 2);
    expect(Buffer.from(first)).toEqual(copy);
  });

  test('a value larger than the slab makes the slab grow', () => {
    const large = { ...sample, source: 'x'.repeat(300_000) };
    const decoded = codec.decode(codec.encode(large, 1));
    expect(decoded.ok && decoded.value.source.length).toBe(300_000);
  });

  test('does not change the value it encodes', () => {
    const frozen = Object.freeze({ ...sample, viewer: new Uint8Array(8) });
    codec.encode(frozen, 1);
    expect(Buffer.isBuffer(frozen.viewer)).toBe(false);
  });

  test('a value that does not fit the schema is the caller’s error', () => {
    expect(() => codec.encode({ ...sample, viewedAt: 1.5 }, 1)).toThrow();
    expect(() => codec.encode({ ...sample, viewer: new Uint8Array(7) }, 1)).toThrow();
  });

  test('bytes that are cut, longer or mutated are values, never exceptions', () => {
    const frame = codec.encode(sample, 1);
    expect(codec.decode(frame.subarray(0, -1))).toMatchObject({ ok: false, reason: 'avro' });
    expect(codec.decode(Buffer.concat([frame, Buffer.of(0)]))).toMatchObject({
      ok: false,
      reason: 'avro',
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (body) => {
        codec.decode(Buffer.concat([Buffer.alloc(headerBytes), body]));
      }),
    );
  });

  test('decodes only the fields asked for', () => {
    const few = codecOf<Pick<TokenView, 'token' | 'viewedAt'>>(schemaOf(topics.views), {
      fields: ['token', 'viewedAt'],
    });
    const decoded = few.decode(codec.encode(sample, 1));
    expect(decoded).toMatchObject({ ok: true });
    expect(decoded.ok && { ...decoded.value }).toEqual({
      token: sample.token,
      viewedAt: sample.viewedAt,
    });
    expect(() => codecOf(schemaOf(topics.views), { fields: ['nope'] })).toThrow(/nope/);
  });

  test('reads an older writer by its schema: the new field takes its default', () => {
    const current = JSON.stringify({
      type: 'record',
      name: 'R',
      fields: [
        { name: 'a', type: 'string' },
        { name: 'b', type: 'int', default: 42 },
      ],
    });
    const older = JSON.stringify({
      type: 'record',
      name: 'R',
      fields: [{ name: 'a', type: 'string' }],
    });
    const frame = codecOf<{ a: string }>(older).encode({ a: 'x' }, 1);
    const decoded = codecOf<{ a: string; b: number }>(current).decoderFor(older)(frame);
    expect(decoded.ok && { ...decoded.value }).toEqual({ a: 'x', b: 42 });
  });

  test('a foreign schema fails every value of it', () => {
    const decode = codec.decoderFor(schemaOf(topics.control));
    expect(decode(codec.encode(sample, 1))).toMatchObject({ ok: false, reason: 'avro' });
    expect(codec.decoderFor('not json')(codec.encode(sample, 1))).toMatchObject({ ok: false });
  });
});
