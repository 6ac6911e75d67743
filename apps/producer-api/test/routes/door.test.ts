import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { Admission } from '../../src/domain/admission.ts';
import { guardDoor } from '../../src/routes/door.ts';

/** An app whose every second request is turned away. */
function crowded() {
  const admission = new Admission(500);
  for (const wait of [9_000, 9_000]) admission.adjust(wait);
  const app = Fastify();
  const seen = { turnedAway: 0, hooks: 0, bodies: 0 };
  guardDoor(app, admission, () => {
    seen.turnedAway += 1;
  });
  app.addHook('onRequest', async () => {
    seen.hooks += 1;
  });
  app.post('/', async () => {
    seen.bodies += 1;
    return {};
  });
  return { app, seen };
}

describe('the door', () => {
  test('turns a request away as a problem with Retry-After, before anything else is done for it', async () => {
    const { app, seen } = crowded();
    const answer = await app.inject({ method: 'POST', url: '/', payload: { any: 'thing' } });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers).toMatchObject({
      'retry-after': '1',
      'content-type': 'application/problem+json; charset=utf-8',
    });
    expect(answer.json()).toMatchObject({ status: 503, type: '/docs/errors.md#unavailable' });
    expect(seen).toEqual({ turnedAway: 1, hooks: 0, bodies: 0 });
    await app.close();
  });

  test('lets the others in', async () => {
    const { app, seen } = crowded();
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1)
      statuses.push((await app.inject({ method: 'POST', url: '/', payload: {} })).statusCode);
    expect(statuses).toEqual([503, 200, 503, 200]);
    expect(seen).toEqual({ turnedAway: 2, hooks: 2, bodies: 2 });
    await app.close();
  });
});
