import { AppError } from '@trending/runtime';
import { ManualClock } from '@trending/runtime/testing';
import { type Control, schemaOf, topics } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import { codecOf } from '../src/avro-codec.ts';
import { RegistrySerde } from '../src/registry.ts';

const control: Control = {
  kind: 'suppress',
  id: 'eth:0x0',
  version: 2,
  parameters: '{}',
  effectiveFrom: 1_700_000_000_000,
  author: 'me',
  reason: 'test',
};

function serdeWith(schemaText: (id: number) => Promise<string | undefined>) {
  const clock = new ManualClock(1);
  const asked: number[] = [];
  const serde = new RegistrySerde<Control>({
    topic: topics.control,
    codec: codecOf<Control>(schemaOf(topics.control)),
    schemaId: 7,
    clock,
    client: {
      schemaText(id) {
        asked.push(id);
        return schemaText(id);
      },
    },
  });
  return { serde, clock, asked };
}

const codec = codecOf<Control>(schemaOf(topics.control));
const framed = (id: number) => codec.encode(control, id);

describe('a serde of the registry', () => {
  test('reads what it wrote without asking', async () => {
    const { serde, asked } = serdeWith(async () => undefined);
    const decoded = serde.decode(serde.encode(control));
    expect(decoded?.ok && { ...decoded.value }).toEqual(control);
    await serde.resolve(serde.encode(control));
    expect(asked).toEqual([]);
  });

  test('asks once for a foreign id, however many wait, then decodes at once', async () => {
    const { serde, asked } = serdeWith(async () => schemaOf(topics.control));
    const bytes = framed(9);
    expect(serde.decode(bytes)).toBeUndefined();
    await Promise.all([serde.resolve(bytes), serde.resolve(bytes)]);
    await serde.resolve(bytes);
    expect(serde.decode(bytes)).toMatchObject({ ok: true });
    expect(asked).toEqual([9]);
  });

  test('asks side by side for what the values ahead need, at most sixteen at a time', async () => {
    const answers: (() => void)[] = [];
    const { serde, asked } = serdeWith(
      () => new Promise((resolve) => answers.push(() => resolve(schemaOf(topics.control)))),
    );
    const ahead = [7, 9, 11, 11, ...Array.from({ length: 40 }, (_, i) => 20 + i)].map(framed);
    const resolved = serde.resolve(framed(9), [null, Buffer.from('00', 'hex'), ...ahead]);
    expect(asked).toEqual([9, 11, ...Array.from({ length: 14 }, (_, i) => 20 + i)]);
    for (const answer of answers) answer();
    await resolved;
    expect(serde.decode(framed(11))).toMatchObject({ ok: true });
    expect(serde.decode(framed(34))).toBeUndefined();
  });

  test('looking ahead waits for nothing, asks nothing twice and hides no failure', async () => {
    const answers: ((error?: Error) => void)[] = [];
    const { serde, asked } = serdeWith(
      () =>
        new Promise((resolve, reject) =>
          answers.push((error) => (error ? reject(error) : resolve(schemaOf(topics.control)))),
        ),
    );
    serde.lookAhead([framed(9), null, framed(11), framed(9)]);
    const resolved = serde.resolve(framed(9), [framed(11)]);
    expect(asked).toEqual([9, 11]);
    answers[0]?.();
    await resolved;
    expect(serde.decode(framed(9))).toMatchObject({ ok: true });
    const failed = serde.resolve(framed(11));
    answers[1]?.(new Error('away'));
    await expect(failed).rejects.toThrow('away');
    expect(asked).toEqual([9, 11]);
  });

  test('among a flood of unknown ids, what was asked for is known at once', async () => {
    const { serde } = serdeWith(async () => undefined);
    const ids = Array.from({ length: 3_000 }, (_, i) => 100 + i);
    for (let at = 0; at < ids.length; at += 16) {
      const [first = 0, ...ahead] = ids.slice(at, at + 16);
      await serde.resolve(framed(first), ahead.map(framed));
      expect(serde.decode(framed(first))).toMatchObject({ ok: false, reason: 'unknown_schema' });
    }
  });

  test('an unknown id is remembered for 60 s, then asked again', async () => {
    const { serde, asked, clock } = serdeWith(async () => undefined);
    const bytes = framed(99);
    await serde.resolve(bytes);
    expect(serde.decode(bytes)).toMatchObject({ ok: false, reason: 'unknown_schema' });
    clock.advance(59_999);
    await serde.resolve(bytes);
    expect(asked).toEqual([99]);
    clock.advance(1);
    expect(serde.decode(bytes)).toBeUndefined();
    await serde.resolve(bytes);
    expect(asked).toEqual([99, 99]);
  });

  test('a registry that is away is an error to retry, never a verdict on the record', async () => {
    let isAway = true;
    const { serde } = serdeWith(async () => {
      if (!isAway) return schemaOf(topics.control);
      throw new AppError({ code: 'REGISTRY_UNAVAILABLE', message: 'away', retriable: true });
    });
    const bytes = framed(9);
    await expect(serde.resolve(bytes)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
    expect(serde.decode(bytes)).toBeUndefined();
    isAway = false;
    await serde.resolve(bytes);
    expect(serde.decode(bytes)).toMatchObject({ ok: true });
  });

  test.each([
    ['', 'shorter than the header'],
    ['0000', 'shorter than the header'],
    ['010000000700', 'first byte is 1'],
    ['7b226122', 'shorter than the header'],
  ])('bytes %s have no schema id', (hex, detail) => {
    const { serde } = serdeWith(async () => undefined);
    const decoded = serde.decode(Buffer.from(hex, 'hex'));
    expect(decoded).toMatchObject({ ok: false, reason: 'bad_magic' });
    expect(decoded && !decoded.ok && decoded.detail).toContain(detail);
  });

  test('a flood of unknown ids does not make it forget its own schema', async () => {
    const { serde } = serdeWith(async (id) => (id % 2 ? schemaOf(topics.control) : undefined));
    for (let id = 10; id < 2_200; id += 1) await serde.resolve(framed(id));
    expect(serde.decode(serde.encode(control))).toMatchObject({ ok: true });
  });
});
