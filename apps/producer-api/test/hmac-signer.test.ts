import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPublisher, hmacSigner } from '../../../packages/client/src/publish/index.ts';
import {
  createTestProducer,
  keyEntry,
  keysFile,
  pepe,
  type TestProducer,
} from './support/producer.ts';

const secret = 'trk_of-no-deployment-0123456789abcdef0123456789';
let producer: TestProducer;
let endpoint = '';
beforeAll(async () => {
  producer = await createTestProducer({
    env: { API_KEYS_FILE: keysFile([keyEntry('signer', secret, { signedOnly: true })]) },
  });
  endpoint = await producer.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => producer.stop());

const now = () => producer.clock.now();
const published = async (sign: ReturnType<typeof hmacSigner>, format?: 'json' | 'ndjson') => {
  const publisher = createPublisher({ endpoint, sign, ...(format && { format }) });
  const view = { chain: 'eth', address: pepe, viewer: 'schlüssel 🗝' };
  const results = await Promise.all([publisher.publish(view), publisher.publish(view)]);
  await publisher.close();
  return results;
};

describe('a publisher that signs', () => {
  test.each(['json', 'ndjson'] as const)('is believed with %s, and again', async (format) => {
    const sign = hmacSigner({ key: 'signer', secret, now });
    for (const _ of [1, 2]) {
      const results = await published(sign, format);
      expect(results.map(({ status }) => status)).toEqual(['acknowledged', 'acknowledged']);
    }
  });

  test.each([
    ['another secret', { secret: 'x' }, /no secret of this key/],
    ['another name', { key: 'other' }, /no secret of this key/],
    ['a clock six minutes off', { now: () => now() - 360_000 }, /5 minutes away/],
  ])('is refused with %s', async (_what, wrong, why) => {
    const [result] = await published(hmacSigner({ key: 'signer', secret, now, ...wrong }));
    expect(result).toMatchObject({
      status: 'rejected',
      problem: { status: 401, detail: expect.stringMatching(why) },
    });
  });

  test('covers the Idempotency-Key and the exact body', async () => {
    const body = `[{"address":"${pepe}","chain":"eth"}]`;
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'order-7' };
    const path = '/api/v1/views';
    const request = { method: 'POST', url: `${endpoint}${path}`, path, headers, body } as const;
    const send = async (change: { headers?: object; body?: string }) => {
      const { authorization } = await hmacSigner({ key: 'signer', secret, now })(request);
      const sent = { ...headers, ...change.headers, authorization };
      const answer = await fetch(request.url, {
        method: 'POST',
        headers: sent,
        body: change.body ?? body,
      });
      return answer.status;
    };
    expect(await send({})).toBe(202);
    expect(await send({ headers: { 'idempotency-key': 'order-8' } })).toBe(401);
    expect(await send({ body: `${body} ` })).toBe(401);
  });
});

test('a name or secret left empty is an error at once, before anything is sent', () => {
  expect(() => hmacSigner({ key: '', secret })).toThrow(/key and secret .* needed/);
  expect(() => hmacSigner({ key: 'signer', secret: '' })).toThrow(/key and secret .* needed/);
});
