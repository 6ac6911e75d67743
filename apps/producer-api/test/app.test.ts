import { readFileSync } from 'node:fs';
import { inMemorySerde } from '@trending/kafka/testing';
import { AppError } from '@trending/runtime';
import { createLatch, until } from '@trending/runtime/testing';
import type { Topic } from '@trending/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestProducer, pepe, type TestProducer } from './support/producer.ts';

describe('the OpenAPI document', () => {
  let producer: TestProducer;
  beforeAll(async () => {
    producer = await createTestProducer();
  });
  afterAll(() => producer.stop());
  const document = async () => (await producer.app.inject('/openapi.json')).json();

  test('in the repository is the one the service gives (npm run openapi -w apps/producer-api)', async () => {
    const kept = readFileSync(new URL('../openapi.json', import.meta.url), 'utf8');
    expect(JSON.parse(kept)).toEqual(await document());
  });

  test('describes every public call with an id, a summary and its problems', async () => {
    const { paths } = await document();
    expect(Object.keys(paths).sort()).toEqual([
      '/api/v1/tokens/{address}',
      '/api/v1/tokens/{address}/view',
      '/api/v1/tokens:import',
      '/api/v1/view-tokens',
      '/api/v1/views',
    ]);
    const operations = Object.values(paths as object).flatMap((path) =>
      Object.values(path as object),
    );
    for (const { operationId, summary, responses } of operations) {
      expect(operationId).toBeTruthy();
      expect(summary).toBeTruthy();
      expect(responses['202'] ?? responses['201']).toBeDefined();
      for (const status of [400, 404, 405, 408, 414, 431, 503])
        expect(responses[status].content).toHaveProperty(['application/problem+json']);
    }
    expect(paths['/api/v1/views'].post.requestBody.content).toHaveProperty([
      'application/x-ndjson',
    ]);
  });
});

describe('a start without its surroundings', () => {
  test('is alive but not ready, refuses views as retriable, and heals when the registry answers', async () => {
    const registry = createLatch();
    let calls = 0;
    const producer = await createTestProducer({
      serdes: {
        async serde<T>(topic: Topic) {
          calls += 1;
          if (calls <= 3)
            throw new AppError({
              code: 'REGISTRY_UNAVAILABLE',
              message: 'no registry',
              retriable: true,
            });
          await registry.opened;
          return inMemorySerde<T>(topic);
        },
      },
    });
    const view = () => producer.app.inject({ method: 'POST', url: `/api/v1/tokens/${pepe}/view` });
    expect((await producer.app.inject('/livez')).statusCode).toBe(200);
    const ready = await producer.app.inject('/readyz?verbose');
    expect(ready.statusCode).toBe(503);
    expect(ready.body).toContain('[-]views-log: token.views.v1: no registry');
    const refused = await view();
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    registry.open();
    await until({ timeoutMs: 5_000, what: 'readiness' }, async () =>
      (await producer.app.inject('/readyz')).statusCode === 200 ? true : undefined,
    );
    expect((await view()).statusCode).toBe(202);
    await producer.stop();
  });
});
