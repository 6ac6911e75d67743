import { createKafkaLog, type Log, partitionOf } from '@trending/kafka';
import { createLogger } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { boardShows, freshToken, publishSurely, viewsOf } from './support/pipeline.ts';

const stack = inject('stack');
const logger = createLogger({ service: 'test', level: 'silent' });
let shared: Log | undefined;

function log(): Log {
  shared ??= createKafkaLog({ brokers: [stack.kafka], clientId: 'bad-input-test', logger });
  return shared;
}

afterAll(() => shared?.close());

const json = { 'content-type': 'application/json' };
const key = () => ({ authorization: `Bearer ${stack.apiKey}` });
const address = '0x6982508145454ce325ddbe47a25d4ec3d2311933';

interface Bad {
  readonly name: string;
  readonly path: string;
  readonly body: string;
  readonly headers: () => Record<string, string>;
  readonly status: number;
  /** What the answer must say. */
  readonly says: RegExp;
}

const cases: readonly Bad[] = [
  {
    name: 'malformed JSON',
    path: '/api/v1/views',
    body: '[{"address":',
    headers: () => ({ ...json, ...key() }),
    status: 400,
    says: /json/i,
  },
  {
    name: 'a body that is no list',
    path: '/api/v1/views',
    body: '"views"',
    headers: () => ({ ...json, ...key() }),
    status: 400,
    says: /array/i,
  },
  {
    name: 'a chain that does not fit the address',
    path: `/api/v1/tokens/${address}/view?chain=sol`,
    body: '{}',
    headers: () => json,
    status: 422,
    says: /sol/i,
  },
  {
    name: 'a broken checksum',
    path: '/api/v1/tokens/0x6982508145454Ce325dDbE47a25d4ec3d2311932/view?chain=eth',
    body: '{}',
    headers: () => json,
    status: 422,
    says: /checksum|EIP-55/i,
  },
  {
    name: 'an oversized body',
    path: `/api/v1/tokens/${address}/view`,
    body: JSON.stringify({ source: 'x'.repeat(20_000) }),
    headers: () => json,
    status: 413,
    says: /large|16/i,
  },
  {
    name: 'a wrong content type',
    path: '/api/v1/views',
    body: 'a=1',
    headers: () => ({ ...key(), 'content-type': 'application/x-www-form-urlencoded' }),
    status: 415,
    says: /media|content/i,
  },
  {
    name: 'an unknown key',
    path: '/api/v1/views',
    body: '[]',
    headers: () => ({ ...json, authorization: 'Bearer nobody' }),
    status: 401,
    says: /key/i,
  },
  {
    name: 'no such call',
    path: '/api/v1/nothing',
    body: '{}',
    headers: () => json,
    status: 404,
    says: /route/i,
  },
];

describe('bad input over HTTP gets a problem that says what is wrong', () => {
  test.each(cases)('$name', async ({ path, body, headers, status, says }) => {
    const response = await fetch(`${stack.producerUrl}${path}`, {
      method: 'POST',
      headers: headers(),
      body,
    });
    const text = await response.text();
    expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({
      status,
      type: expect.stringContaining('application/problem+json'),
    });
    expect(text).toMatch(says);
    expect(JSON.parse(text)).toMatchObject({
      status,
      type: expect.stringContaining('#'),
      title: expect.any(String),
    });
  });

  test('one bad item of a batch does not sink the others', async () => {
    const token = freshToken();
    const views = [
      ...viewsOf(token, 2),
      { chain: 'eth', address: 'not-an-address' },
      ...viewsOf(token, 1),
    ];
    const response = await fetch(`${stack.producerUrl}/api/v1/views`, {
      method: 'POST',
      headers: { ...json, ...key() },
      body: JSON.stringify(views),
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ accepted: 3, rejected: [{ index: 2 }] });
    await boardShows(stack, token.token, 3);
  });
});

describe('bad records straight in the topic', () => {
  const bad = [
    { name: 'no magic byte', value: Buffer.from('hello'), reason: 'bad_magic' },
    {
      name: 'an unknown schema id',
      value: Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0, 1, 2, 3]),
      reason: 'unknown_schema',
    },
  ];

  test.each(bad)(
    '$name: to the dead letters with its reason and bytes, and the line goes on',
    async ({ value, reason }) => {
      const token = freshToken();
      const partition = partitionOf(token.token, await log().partitionCount(topics.views.name));
      const offset = await log().append({ topic: topics.views.name, partition }, [
        { key: token.token, value },
      ]);
      const letter = await until({ timeoutMs: 30_000, what: 'the dead letter' }, () =>
        deadLetterOf(partition, offset),
      );
      expect(Buffer.from(letter.value ?? []).equals(value)).toBe(true);
      expect(Buffer.from(letter.key ?? []).toString()).toBe(token.token);
      expect(String(letter.headers['__trending.errors.reason'])).toBe(reason);
      await publishSurely(stack, viewsOf(token, 2));
      await boardShows(stack, token.token, 2);
    },
  );

  async function deadLetterOf(partition: number, offset: number) {
    const topic = topics.deadLetters.name;
    const [from, to] = [
      (await log().startOffsets(topic)).get(partition) ?? 0,
      (await log().endOffsets(topic)).get(partition) ?? 0,
    ];
    if (to <= from) return undefined;
    for await (const batch of log().read({ topic, partition }, { from, to })) {
      const found = batch.records.find(
        ({ headers }) => String(headers['__trending.errors.offset']) === String(offset),
      );
      if (found !== undefined) return found;
    }
    return undefined;
  }
});
