import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { createMetrics, registerOpsRoutes } from '../src/index.ts';

test('operators’ questions are answered in JSON, or with 503 where this process cannot say', async () => {
  const app = Fastify();
  const answers = [
    { path: '/known', answer: () => ({ held: ['eth:a'] }) },
    { path: '/unknown', answer: () => undefined },
  ];
  registerOpsRoutes(app, { metrics: createMetrics('test'), live: [], ready: [], answers });
  const [known, unknown] = [await app.inject('/known'), await app.inject('/unknown')];
  expect([known.statusCode, known.json()]).toEqual([200, { held: ['eth:a'] }]);
  expect(known.headers['cache-control']).toBe('no-store');
  expect([unknown.statusCode, unknown.json().title]).toEqual([503, 'Service Unavailable']);
  expect(unknown.headers['content-type']).toMatch('application/problem+json');
  await app.close();
});
