import { deadLetterRecord, type Log, type ProducedRecord } from '@trending/kafka';
import { createInMemoryLog, type InMemoryLog } from '@trending/kafka/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLetters } from '../src/letter-index.ts';
import { replayLetters } from '../src/replay.ts';
import { markerRecord, replayedFrom } from '../src/replay-marker.ts';

const views = 'token.views.v1';
const topic = 'token.views.dlq.v1';

function world(): InMemoryLog {
  const topicOf = (name: string) => ({ name, partitions: 3, config: {} });
  return createInMemoryLog({ topics: [topicOf(views), topicOf(topic)] });
}

interface Bad {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly of?: string;
}

function letterOf({ partition, offset, key, of = views }: Bad): ProducedRecord {
  const bytes = key === null ? null : Buffer.from(key);
  const record = { topic: of, partition, offset, timestamp: 1_000 + offset, headers: {} };
  return deadLetterRecord(
    { ...record, key: bytes, value: Buffer.from([0, 1, offset]) },
    { stage: 'decode', reason: 'unknown_schema', detail: 'schema id 9' },
  );
}

async function fill(log: Log, bad: readonly Bad[]): Promise<void> {
  for (const one of bad) await log.append({ topic, partition: one.partition }, [letterOf(one)]);
}

async function replay(log: Log) {
  const { letters } = await readLetters(log, topic, {});
  return replayLetters(letters, {
    ...{ log, topic, progressed: () => undefined },
    keyOf: async ({ key }) => key ?? undefined,
  });
}

/** The log, with an n-th append that is lost, or lands and loses its answer. */
function failing(log: Log, at: number, how: 'lost' | 'landed'): Log {
  let appends = 0;
  const append: Log['append'] = async (target, records) => {
    appends += 1;
    if (appends !== at) return log.append(target, records);
    if (how === 'landed') await log.append(target, records);
    throw new Error('connection lost');
  };
  return new Proxy(log, {
    get(real, name) {
      if (name === 'append') return append;
      const member: unknown = Reflect.get(real, name);
      return typeof member === 'function' ? member.bind(real) : member;
    },
  });
}

const three: Bad[] = [
  { partition: 0, offset: 4, key: 'eth:a' },
  { partition: 0, offset: 5, key: 'eth:b' },
  { partition: 2, offset: 1, key: 'sol:c' },
];

describe('replayed letters', () => {
  test('go back with key, bytes and timestamp, to the partition of their key', async () => {
    const log = world();
    await fill(log, three);
    expect(await replay(log)).toEqual({ replayed: 3, found: 0, skipped: 0 });
    const back = log.records(views);
    expect(back.map(({ key }) => Buffer.from(key ?? '').toString()).sort()).toEqual([
      'eth:a',
      'eth:b',
      'sol:c',
    ]);
    expect(back.map(({ timestamp }) => timestamp).sort()).toEqual([1_001, 1_004, 1_005]);
    expect(back.map(({ value }) => value?.at(2)).sort()).toEqual([1, 4, 5]);
  });

  test('are passed over by the next run', async () => {
    const log = world();
    await fill(log, three);
    await replay(log);
    expect(await replay(log)).toEqual({ replayed: 0, found: 0, skipped: 0 });
    expect(log.records(views)).toHaveLength(3);
  });

  test('are one when the aggregate role appended the letter twice', async () => {
    const log = world();
    await fill(log, [...three, ...three]);
    expect(await replay(log)).toMatchObject({ replayed: 3 });
  });

  test('stay where they are without a key', async () => {
    const log = world();
    await fill(log, [{ partition: 0, offset: 1, key: null }]);
    expect(await replay(log)).toEqual({ replayed: 0, found: 0, skipped: 1 });
  });

  test('stay where they are when their topic is gone, and the others go back', async () => {
    const gone = { partition: 0, key: 'eth:a', of: 'token.views.v0' };
    const log = world();
    await fill(log, [...three, { ...gone, offset: 8 }, { ...gone, offset: 9 }]);
    const { letters } = await readLetters(log, topic, {});
    // An earlier run had begun with this one, while its topic was still there.
    const begun = letters.find(({ info }) => info.topic === gone.of && info.offset === 8);
    const marker = { of: begun?.id ?? '', state: 'started', partition: 0, offset: 0 } as const;
    await log.append({ topic, partition: 0 }, [markerRecord(marker)]);
    for (const replayed of [3, 0])
      expect(await replay(log)).toEqual({ replayed, found: 0, skipped: 2 });
    expect(log.records(views)).toHaveLength(3);
  });

  test('are in their topic once, whichever appends are lost or answered too late', async () => {
    const bad = fc.record({
      partition: fc.nat(2),
      offset: fc.nat(40),
      key: fc.constantFrom('eth:a', 'eth:b', 'sol:c'),
    });
    const fault = fc.record({
      at: fc.integer({ min: 1, max: 9 }),
      how: fc.constantFrom('lost' as const, 'landed' as const),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(bad, { minLength: 1, maxLength: 20 }),
        fc.array(fault, { maxLength: 4 }),
        async (letters, faults) => {
          const log = world();
          await fill(log, letters);
          for (const { at, how } of faults)
            await replay(failing(log, at, how)).catch(() => undefined);
          await replay(log);
          const back = log.records(views).map((record) => replayedFrom(record));
          const wanted = letters.map((l) => `${views}/${l.partition}/${l.offset}/decode`);
          expect(back.sort()).toEqual([...new Set(wanted)].sort());
        },
      ),
      { numRuns: 100 },
    );
  });
});
