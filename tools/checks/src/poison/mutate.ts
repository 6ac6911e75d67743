/** A record's key and value as they go over the wire. */
export interface Frame {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface Mutation {
  readonly name: string;
  apply(frame: WholeFrame, random: () => number): Frame;
}

export interface WholeFrame {
  readonly key: Buffer;
  readonly value: Buffer;
}

const headerBytes = 5;
const longest = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
const endless = Buffer.alloc(40, 0xff);

/** What careless and hostile publishers do to a frame of a view. */
export const mutations: readonly Mutation[] = [
  changed('bit flip', (value, random) => flipped(value, at(value.length, random), random)),
  changed('flips in the body', (value, random) => {
    let bytes = value;
    for (let flips = 2 + at(6, random); flips > 0; flips -= 1)
      bytes = flipped(bytes, headerBytes + at(value.length - headerBytes, random), random);
    return bytes;
  }),
  changed('truncation', (value, random) => value.subarray(0, at(value.length, random))),
  changed('bytes behind the end', (value, random) =>
    Buffer.concat([value, Buffer.alloc(1 + at(64, random), at(256, random))]),
  ),
  changed('wrong magic', (value, random) => withByte(value, 0, 1 + at(255, random))),
  changed('wrong schema id', (value, random) => {
    const bytes = Buffer.from(value);
    // Small ids may be another topic's schema; one in four may be nobody's.
    bytes.writeUInt32BE(random() < 0.75 ? at(64, random) : at(2 ** 32, random), 1);
    return bytes;
  }),
  changed('oversized length', (value, random) => spliced(value, random, longest)),
  changed('endless varint', (value, random) => spliced(value, random, endless)),
  changed('noise', (value, random) =>
    Buffer.from(Array.from({ length: 1 + at(2 * value.length, random) }, () => at(256, random))),
  ),
  changed('large noise', (value) => Buffer.concat([value, Buffer.alloc(64 * 1024, 0x5a)])),
  changed('empty value', () => Buffer.alloc(0)),
  { name: 'no value', apply: ({ key }) => ({ key, value: null }) },
  { name: 'no key', apply: ({ value }) => ({ key: null, value }) },
  {
    name: 'wrong key',
    apply: ({ key, value }, random) => ({
      key: flipped(key, at(key.length, random), random),
      value,
    }),
  },
];

function changed(name: string, change: (value: Buffer, random: () => number) => Buffer): Mutation {
  return { name, apply: ({ key, value }, random) => ({ key, value: change(value, random) }) };
}

function at(below: number, random: () => number): number {
  return Math.floor(random() * below);
}

function flipped(bytes: Buffer, index: number, random: () => number): Buffer {
  return withByte(bytes, index, (bytes[index] ?? 0) ^ (1 << at(8, random)));
}

function withByte(bytes: Buffer, index: number, byte: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[index] = byte;
  return copy;
}

/** Puts bytes over the body from some place on. */
function spliced(value: Buffer, random: () => number, piece: Buffer): Buffer {
  const from = headerBytes + at(value.length - headerBytes, random);
  const rest = value.subarray(Math.min(value.length, from + 1));
  return Buffer.concat([value.subarray(0, from), piece, rest]);
}
