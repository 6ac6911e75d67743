import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecOf } from '../src/avro-codec.ts';
import { headerBytes } from '../src/wire-format.ts';

interface Item {
  readonly token: string;
  readonly views: number;
  readonly parts: readonly number[];
}

interface Tally {
  readonly window: string;
  readonly asOf: number;
  readonly items: readonly Item[];
}

const itemType = {
  type: 'record',
  name: 'Item',
  fields: [
    { name: 'token', type: 'string' },
    { name: 'views', type: 'long' },
    { name: 'parts', type: { type: 'array', items: 'int' } },
  ],
};
const schema = JSON.stringify({
  type: 'record',
  name: 'Tally',
  fields: [
    { name: 'window', type: 'string' },
    { name: 'asOf', type: 'long' },
    { name: 'items', type: { type: 'array', items: itemType } },
  ],
});
const kept = {
  streamOf: (head: unknown) => (head as Tally).window,
  keyOf: (item: unknown) => (item as Item).token,
};
const plain = codecOf<Tally>(schema);
const plainObjects = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

const arbitraryItem = fc.record({
  token: fc.constantFrom(...'abcdefgh'),
  views: fc.oneof(fc.nat(3), fc.integer({ min: 0, max: 2 ** 50 })),
  parts: fc.array(fc.integer({ min: -2, max: 200 }), { maxLength: 3 }),
});
const arbitraryChange = fc.record({
  window: fc.constantFrom('5m', '1h'),
  asOf: fc.integer({ min: 0, max: 2 ** 50 }),
  /** Puts these in, and takes those of the same token out. */
  items: fc.array(arbitraryItem, { maxLength: 4 }),
  gone: fc.subarray([...'abcdefgh'], { maxLength: 3 }),
  /** Items that stand where they should not, or twice. */
  stray: fc.array(arbitraryItem, { maxLength: 1 }),
});
type Change = typeof arbitraryChange extends fc.Arbitrary<infer T> ? T : never;

function changed(before: readonly Item[], { items, gone, stray }: Change): readonly Item[] {
  const out = new Set([...gone, ...items.map(({ token }) => token)]);
  const stayed = before.filter(({ token }) => !out.has(token));
  const all = [...stayed, ...items].sort((a, b) => (a.token < b.token ? -1 : 1));
  return [...all, ...stray];
}

/** Values of two streams, each made of the one before. */
function valuesOf(changes: readonly Change[]): Tally[] {
  const last = new Map<string, readonly Item[]>();
  return changes.map((change) => {
    const { window, asOf } = change;
    const items = changed(last.get(window) ?? [], change);
    last.set(window, items);
    return { window, asOf, items };
  });
}

describe('a list of which most items stay', () => {
  it('is the same bytes and the same values as without a memory, whatever changes', () => {
    fc.assert(
      fc.property(fc.array(arbitraryChange, { maxLength: 12 }), (changes) => {
        const memory = Buffer.alloc(4_096);
        const [writer, reader] = [
          codecOf<Tally>(schema, { kept }),
          codecOf<Tally>(schema, { kept }),
        ];
        for (const value of valuesOf(changes)) {
          const bytes = writer.encode(value, 7);
          expect(bytes).toEqual(plain.encode(value, 7));
          // Whoever fetches uses the same memory for the next value.
          const fetched = memory.subarray(0, bytes.length);
          fetched.set(bytes);
          expect(plainObjects(reader.decode(fetched))).toEqual({ ok: true, value });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives back the same objects for what is the same', () => {
    const codec = codecOf<Tally>(schema, { kept });
    const read = (items: readonly Item[]) => {
      const decoded = codec.decode(plain.encode({ window: '5m', asOf: 1, items }, 1));
      return decoded.ok ? decoded.value.items : [];
    };
    const [a, b, c] = [...'abc'].map((token) => ({ token, views: 1, parts: [1, 2] }));
    if (a === undefined || b === undefined || c === undefined) throw new Error('no items');
    const first = read([a, b, c]);
    const second = read([a, { ...b, views: 2 }, c]);
    expect([second[0], second[2]]).toEqual([first[0], first[2]]);
    expect(second[0]).toBe(first[0]);
    expect(second[1]).not.toBe(first[1]);
    expect(second[2]).toBe(first[2]);
    const third = read([b, c]);
    expect(third[1]).toBe(first[2]);
  });

  it('is written once, whatever comes before it and goes, and however many streams there are', () => {
    const codec = codecOf<Tally>(schema, { kept });
    let looks = 0;
    const watched = (token: string) => ({
      token,
      parts: [],
      get views() {
        looks += 1;
        return 1;
      },
    });
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(watched) as unknown as [Item, Item, Item, Item];
    const looksAt = (window: string, items: readonly Item[]) => {
      looks = 0;
      codec.encode({ window, asOf: 1, items }, 1);
      return looks;
    };
    const once = looksAt('5m', [b, d]) / 2;
    expect(looksAt('1h', [a, c])).toBe(2 * once);
    expect(looksAt('5m', [a, b, c, d])).toBe(2 * once);
    expect(looksAt('5m', [d])).toBe(0);
    expect(looksAt('1h', [a, b, c])).toBe(once);
  });

  it('is refused for the same reasons when its bytes end too early or too late', () => {
    const arbitraryEnd = fc.integer({ min: -40, max: 2 });
    fc.assert(
      fc.property(fc.array(arbitraryChange, { minLength: 1 }), arbitraryEnd, (changes, more) => {
        const codec = codecOf<Tally>(schema, { kept });
        for (const value of valuesOf(changes)) {
          const whole = Buffer.from(plain.encode(value, 1));
          codec.decode(whole);
          const length = Math.max(headerBytes, whole.length + more);
          const bytes = Buffer.concat([whole, Buffer.from([0, 9])]).subarray(0, length);
          expect(plainObjects(codec.decode(bytes))).toEqual(plainObjects(plain.decode(bytes)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('must be the last field', () => {
    const other = JSON.stringify({
      type: 'record',
      name: 'Other',
      fields: [{ name: 'window', type: 'string' }],
    });
    expect(() => codecOf(other, { kept })).toThrow('last field');
  });
});
