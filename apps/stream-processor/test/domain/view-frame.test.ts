import { codecOf } from '@trending/kafka/testing';
import { schemaOf, type TokenView, topics } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FoldedView, foldedFields } from '../../src/domain/folded-view.ts';
import { frameLayout, ViewFrames } from '../../src/domain/view-frame.ts';

const schema = schemaOf(topics.views);
const codec = codecOf<TokenView>(schema);
const anySchema = codecOf<FoldedView>(schema, { fields: foldedFields });

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const plainText = fc.constantFrom('eth', 'eth:0x6982508145454ce325ddbe47a25d4ec3d2311933', '');
const text = fc.oneof(
  { arbitrary: plainText, weight: 9 },
  { arbitrary: fc.string({ unit: 'grapheme', maxLength: 300 }), weight: 1 },
);
const whole = fc.oneof(
  { arbitrary: fc.integer({ min: -(2 ** 47), max: 2 ** 47 }), weight: 9 },
  { arbitrary: fc.constantFrom(2 ** 48 - 1, 2 ** 48, -(2 ** 48), 2 ** 52), weight: 1 },
);
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const arbitraryView: fc.Arbitrary<TokenView> = fc.record({
  ...{ eventId: bytes(16), chain: text, token: text, viewer: bytes(8), network: bytes(8) },
  ...{ viewedAt: whole, receivedAt: whole, source: text },
  ...{ partnerId: fc.option(text), country: fc.option(text), device: fc.option(text) },
  ...{ dwellMs: fc.option(int), weightMicro: int, flags: int },
});

/** The same fields in the same kinds of arrays. */
function plain(view: FoldedView) {
  const { eventId, viewer, network } = view;
  return { ...view, eventId: [...eventId], viewer: [...viewer], network: [...network] };
}

function expectSame(frames: ViewFrames, frame: Uint8Array): 'read' | 'left to others' {
  const view = frames.read(Buffer.from(frame));
  if (view === undefined) return 'left to others';
  const decoded = anySchema.decode(frame);
  if (!decoded.ok) throw new Error(`was read, but ${decoded.detail}`);
  expect(plain(view)).toEqual(plain(decoded.value));
  return 'read';
}

describe('frames of views', () => {
  it('have the layout of the schema', () => {
    const kindOf = (type: unknown): string => {
      if (Array.isArray(type)) {
        expect(type[0]).toBe('null');
        return `${kindOf(type[1])} or null`;
      }
      if (typeof type === 'string') return type;
      const { type: kind, size } = type as { type: string; size?: number };
      return size === undefined ? kind : `${kind} ${size}`;
    };
    const { fields } = JSON.parse(schema) as { fields: { name: string; type: unknown }[] };
    expect(fields.map(({ name, type }) => `${name}: ${kindOf(type)}`)).toEqual(frameLayout);
  });

  it('are read as a reader for any schema reads them', () => {
    const frames = new ViewFrames();
    const fates = { read: 0, 'left to others': 0 };
    fc.assert(
      fc.property(arbitraryView, (view) => {
        fates[expectSame(frames, codec.encode(view, 7))] += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(fates.read).toBeGreaterThan(100);
    expect(fates['left to others']).toBeGreaterThan(100);
  });

  it('are all read when they are what a publisher sends', () => {
    const frames = new ViewFrames();
    const usual = fc.record({
      ...{ eventId: bytes(16), chain: fc.constant('eth'), viewer: bytes(8), network: bytes(8) },
      token: fc.stringMatching(/^eth:0x[0-9a-f]{40}$/),
      ...{ viewedAt: fc.nat(2 ** 42), receivedAt: fc.nat(2 ** 42), source: fc.constant('web') },
      ...{ partnerId: fc.option(fc.constant('partner')), country: fc.option(fc.constant('DE')) },
      ...{ device: fc.option(fc.constant('mobile')), dwellMs: fc.option(fc.nat(600_000)) },
      ...{ weightMicro: fc.nat(1_000_000), flags: fc.nat(7) },
    });
    fc.assert(
      fc.property(usual, (view) => {
        expect(expectSame(frames, codec.encode(view, 7))).toBe('read');
      }),
    );
  });

  it('that are damaged are never read as what they are not', () => {
    const frames = new ViewFrames();
    const damage = fc.tuple(arbitraryView, fc.nat(), fc.nat(255), fc.nat(400));
    fc.assert(
      fc.property(damage, ([view, at, byte, length]) => {
        const frame = codec.encode(view, 7);
        const damaged = Uint8Array.from(frame.subarray(0, 5 + length));
        const place = 5 + (at % Math.max(1, damaged.length - 5));
        if (place < damaged.length) damaged[place] = byte;
        expectSame(frames, damaged);
      }),
      { numRuns: 5_000 },
    );
  });
});
