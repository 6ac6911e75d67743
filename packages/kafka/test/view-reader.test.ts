import { schemaOf, type TokenView, topics } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codecOf } from '../src/avro-codec.ts';
import { StringCache } from '../src/string-cache.ts';
import { foldedViewReader } from '../src/view-reader.ts';
import { headerBytes } from '../src/wire-format.ts';

const folded = [
  ...['eventId', 'chain', 'token', 'viewer', 'network'],
  ...['viewedAt', 'receivedAt', 'weightMicro', 'flags'],
];
const fields = (JSON.parse(schemaOf(topics.views)) as { fields: { name: string; type: unknown }[] })
  .fields;
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const long = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
const text = fc.string({ unit: 'grapheme' });
const view: fc.Arbitrary<TokenView> = fc.record({
  eventId: bytes(16),
  chain: fc.constantFrom('eth', 'sol', 'é', 'eth:'),
  token: fc.oneof(text, fc.string({ maxLength: 300 }), fc.constantFrom('eth:0xab', 'eth:0xac')),
  viewer: bytes(8),
  network: bytes(8),
  viewedAt: long,
  receivedAt: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  source: text,
  partnerId: fc.option(text),
  country: fc.option(text),
  device: fc.option(text),
  dwellMs: fc.option(fc.integer()),
  weightMicro: fc.integer(),
  flags: fc.nat(7),
});
const codec = codecOf<TokenView>(schemaOf(topics.views));
const fast = codecOf<TokenView>(schemaOf(topics.views), { fields: folded });
const read = foldedViewReader(fields, folded);

function fewOf(value: object): object {
  return Object.fromEntries(folded.map((name) => [name, (value as Record<string, unknown>)[name]]));
}

describe('the reader of folded views', () => {
  test('knows the present schema of the views topic, else counting would quietly be slow', () => {
    expect(read).toBeDefined();
  });

  test('reads what the general decoder reads', () => {
    fc.assert(
      fc.property(view, (value) => {
        const frame = codec.encode(value, 1);
        const [quick, general] = [fast.decode(frame), codec.decode(frame)];
        if (!quick.ok || !general.ok) throw new Error('not decoded');
        expect({ ...quick.value }).toEqual(fewOf(general.value));
      }),
    );
  });

  test('times and small numbers are read by hand', () => {
    const ordinary = { ...(fc.sample(view, { seed: 1, numRuns: 1 })[0] as TokenView) };
    const frame = Buffer.from(codec.encode({ ...ordinary, viewedAt: 1_795_465_677_558 }, 1));
    expect(read?.(frame)).toMatchObject({ viewedAt: 1_795_465_677_558 });
  });

  test('cut, longer or mutated frames fare as with the general decoder', () => {
    const change = fc.record({ at: fc.nat(200), byte: fc.nat(255), cut: fc.nat(3) });
    fc.assert(
      fc.property(view, change, (value, { at, byte, cut }) => {
        const whole = Buffer.concat([codec.encode(value, 1), Buffer.alloc(cut === 3 ? 1 : 0)]);
        const frame = whole.subarray(0, cut === 3 ? whole.length : whole.length - cut);
        frame[headerBytes + (at % (frame.length - headerBytes))] = byte;
        const [quick, general] = [fast.decode(frame), codec.decode(frame)];
        expect(quick.ok).toBe(general.ok);
        if (quick.ok && general.ok) expect({ ...quick.value }).toEqual(fewOf(general.value));
      }),
      { numRuns: 500 },
    );
  });

  test('other fields or another schema are left to the general decoder', () => {
    expect(foldedViewReader(fields, folded.slice(1))).toBeUndefined();
    expect(foldedViewReader(fields.toReversed(), folded)).toBeUndefined();
    const longer = { ...JSON.parse(schemaOf(topics.views)) };
    longer.fields = [...fields, { name: 'extra', type: 'string', default: '' }];
    const later = codecOf<TokenView & { extra: string }>(JSON.stringify(longer));
    const sample = { ...(fc.sample(view, { seed: 3, numRuns: 1 })[0] as TokenView), extra: 'x' };
    const decoded = fast.decoderFor(JSON.stringify(longer))(later.encode(sample, 2));
    expect(decoded.ok && decoded.value.viewedAt).toBe(sample.viewedAt);
  });
});

test('a string cache reads any bytes as UTF-8, those of another string’s code points too', () => {
  const cache = new StringCache();
  const samples = [Buffer.from('é'), Buffer.of(0xe9), Buffer.from('eth'), Buffer.from('eth')];
  for (const sample of samples)
    expect(cache.read(sample, 0, sample.length)).toBe(sample.toString('utf8'));
});
