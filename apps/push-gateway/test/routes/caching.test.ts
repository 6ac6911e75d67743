import { ManualClock } from '@trending/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boardOf, tokens } from '../support/boards.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const path = '/api/v1/tokens/trending';

describe('what caches and cautious clients are told', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      clock: new ManualClock(1_700_000_100_000),
      env: { ALLOWED_ORIGINS: 'https://home.example' },
    });
    await gateway.publish(boardOf(tokens(25)));
  });
  afterAll(() => gateway.stop());
  const ask = (method: 'GET' | 'HEAD', url: string, headers: Record<string, string> = {}) =>
    gateway.app.inject({ method, url, headers });

  it('answers HEAD with the headers of GET and no body', async () => {
    const [get, head] = await Promise.all([ask('GET', path), ask('HEAD', path)]);
    expect([head.statusCode, head.body]).toEqual([200, '']);
    for (const name of ['etag', 'cache-control', 'content-type', 'content-length']) {
      expect(head.headers[name]).toBe(get.headers[name]);
    }
    const tag = String(get.headers.etag);
    expect((await ask('HEAD', path, { 'if-none-match': tag })).statusCode).toBe(304);
  });

  it.each([
    [404, `${path}?chain=nowhere`],
    [400, `${path}?window=7y`],
    [404, '/embed/v1/no-such-file.js'],
    [404, '/assets/no-such-file.js'],
  ])('lets no cache keep a %i: %s', async (status, url) => {
    const { statusCode, headers } = await ask('GET', url);
    expect([statusCode, headers['cache-control']]).toEqual([status, 'no-store']);
  });

  it('opens no stream for HEAD', async () => {
    expect((await ask('HEAD', '/api/v1/trending/stream')).statusCode).toBe(405);
  });

  it('keeps answers for different origins apart, and says nothing of authorization without private boards', async () => {
    const { headers } = await ask('GET', path, { origin: 'https://home.example' });
    expect(String(headers.vary)).toMatch(/origin/i);
    expect(String(headers.vary)).not.toMatch(/authorization/i);
  });

  it('gives every page of one version the same tag, for it is one version', async () => {
    const first = await ask('GET', `${path}?limit=10`);
    const second = await ask('GET', `${path}?limit=10&cursor=${first.json().nextCursor}`);
    expect(second.headers.etag).toBe(first.headers.etag);
    expect(second.json().items[0].rank).toBe(11);
  });

  it.each(['0', '-1', '101', '1e3', 'ten', ''])('refuses a limit of %j', async (limit) => {
    expect((await ask('GET', `${path}?limit=${limit}`)).statusCode).toBe(400);
  });
});
