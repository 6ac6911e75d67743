import { randomBytes, randomUUID } from 'node:crypto';
import { createKafkaLog, createRegistry, type Log, partitionOf } from '@trending/kafka';
import { createLogger } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { schemaOf, type TokenView, topics } from '@trending/schemas';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runOn } from '../../../test/support/command.ts';
import { boardShows, freshToken, restBoard } from '../../../test/support/pipeline.ts';
import { restartService } from '../../../test/support/stack.ts';

const stack = inject('stack');
const logger = createLogger({ service: 'test', level: 'silent' });
let log: Log;

beforeAll(() => {
  log = createKafkaLog({ brokers: [stack.kafka], clientId: 'dlq-test', logger });
});
afterAll(() => log.close());

async function dlq<T>(...args: string[]): Promise<T> {
  return JSON.parse(await runOn(stack, 'tools/dlq/src/main.ts', ...args, '--json')) as T;
}

interface Listed {
  readonly letters: number;
  readonly waiting: number;
  readonly items: readonly { id: string; partition: number; offset: number; state: string }[];
}

async function encoded(view: Partial<TokenView>): Promise<Buffer> {
  const registry = createRegistry({ url: stack.registryUrl, logger });
  const serde = await registry.serde<TokenView>(topics.views);
  const now = Date.now();
  const bytes = serde.encode({
    ...{ eventId: Buffer.from(randomUUID().replaceAll('-', ''), 'hex'), chain: 'eth', token: '' },
    ...{ viewer: randomBytes(8), network: randomBytes(8), viewedAt: now, receivedAt: now },
    ...{ source: 'backend', partnerId: null, country: null, device: null, dwellMs: null },
    ...{ weightMicro: 1_000_000, flags: 0, ...view },
  } as TokenView);
  return Buffer.from(bytes);
}

async function publish(key: string, value: Uint8Array): Promise<string> {
  const topic = topics.views.name;
  const partition = partitionOf(key, await log.partitionCount(topic));
  const offset = await log.append({ topic, partition }, [{ key, value, timestamp: Date.now() }]);
  return `${topic}/${partition}/${offset}/`;
}

async function letterOf(place: string, reason: string) {
  return until({ timeoutMs: 30_000, what: `the dead letter of ${place}` }, async () => {
    const { items } = await dlq<Listed>('list', '--reason', reason, '--since', '10m');
    return items.find(({ id }) => id.startsWith(place));
  });
}

/** Registers a text nobody registered before; its id. */
async function registered(subject: string, schema: string): Promise<number> {
  const response = await fetch(`${stack.registryUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  return ((await response.json()) as { id: number }).id;
}

const viewSchemaOf = (doc: string) =>
  JSON.stringify({ ...JSON.parse(schemaOf(topics.views)), doc });

describe('a dead letter whose cause was mended', () => {
  test('schema unknown, then registered: replayed twice, counted once', async () => {
    const token = freshToken();
    const value = await encoded({ token: token.token });
    const subject = `test-${randomUUID()}`;
    // The registry numbers what it has not seen; the next one is not there yet.
    const next = (await registered(subject, viewSchemaOf(randomUUID()))) + 1;
    value.writeUInt32BE(next, 1);
    const letter = await letterOf(await publish(token.token, value), 'unknown_schema');
    const place = `${letter.partition}/${letter.offset}`;
    expect(await registered(subject, viewSchemaOf(randomUUID()))).toBe(next);
    // A new process asks the registry at once; a running one would after a minute.
    await restartService(stack, 'stream-processor');
    expect(await dlq('show', place)).toMatchObject({ decoded: { token: token.token } });

    expect(await dlq('replay', place, '--dry-run')).toMatchObject({ wouldReplay: 1 });
    expect(await dlq('replay', place)).toMatchObject({ replayed: 1 });
    await boardShows(stack, token.token, 1);
    expect(await dlq('replay', place)).toMatchObject({ replayed: 0, replayedBefore: 1 });
    // Another view behind it: had the record come twice, the board would show three.
    await publish(token.token, await encoded({ token: token.token }));
    await boardShows(stack, token.token, 2);
  });

  test('wrong key: goes to the partition of its token with --fix-key', async () => {
    const token = freshToken();
    const wrong = `eth:0x${randomUUID().replaceAll('-', '')}`;
    const value = await encoded({ token: token.token });
    const letter = await letterOf(await publish(wrong, value), 'key_mismatch');
    expect((await restBoard(stack)).some((item) => item.token === token.token)).toBe(false);
    const place = `${letter.partition}/${letter.offset}`;
    expect(await dlq('replay', place, '--fix-key')).toMatchObject({ replayed: 1 });
    await boardShows(stack, token.token, 1);
    expect(await dlq('replay', place, '--fix-key')).toMatchObject({ replayed: 0 });
  });

  test('cause not mended: it comes back as another letter, and waits', async () => {
    const key = freshToken().token;
    const letter = await letterOf(await publish(key, Buffer.from([7, 7, 7])), 'bad_magic');
    expect(await dlq('replay', `${letter.partition}/${letter.offset}`)).toMatchObject({
      replayed: 1,
    });
    await until({ timeoutMs: 30_000, what: 'the letter to come back' }, async () => {
      const { items } = await dlq<Listed>('list', '--reason', 'bad_magic', '--since', '10m');
      const own = items.filter(({ partition }) => partition === letter.partition);
      return own.some(({ offset, state }) => offset > letter.offset && state === 'waiting')
        ? true
        : undefined;
    });
  });
});
