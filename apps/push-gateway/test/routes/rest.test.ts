import { readFileSync } from 'node:fs';
import { AppError } from '@trending/runtime';
import { ManualClock } from '@trending/runtime/testing';
import type { TrendingAnswer } from '@trending/schemas/http/trending';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { History, HistoryQuestion } from '../../src/history.ts';
import { boardOf, tokens } from '../support/boards.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const clock = new ManualClock(1_700_000_100_000);
const asked: HistoryQuestion[] = [];
let historyError: Error | undefined;
const history: History = {
  async points(question) {
    asked.push(question);
    if (historyError !== undefined) throw historyError;
    return [{ at: question.from, views: 5, visitors: 3, bestRank: null }];
  },
  async boardAt({ at }) {
    if (historyError !== undefined) throw historyError;
    if (at < 1_000) return undefined;
    return {
      asOf: at - 1,
      items: [{ rank: 1, token: 'eth:0x0001', scoreMicro: 1_500_000, rawViews: 9 }],
    };
  },
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ clock, history });
  await gateway.describe({
    chain: 'eth',
    address: '0x0002',
    name: 'Two',
    symbol: 'TWO',
    categories: ['defi'],
    createdAt: null,
    logoUri: null,
    updatedAt: 1,
  });
  await gateway.publish(boardOf(tokens(25), { seq: 1 }));
  await gateway.publish(boardOf(tokens(2), { seq: 1, scope: 'chain:eth' }));
  await gateway.publish(boardOf(['base:0x0001'], { seq: 1, scope: 'chain:base' }));
});
afterAll(() => gateway.stop());

const get = (url: string, headers: Record<string, string> = {}) =>
  gateway.app.inject({ url, headers });
const trending = (query: string) => get(`/api/v1/tokens/trending?${query}`);

describe('GET /api/v1/tokens/trending', () => {
  it('answers twenty places of the trending hour by default, in the units of the contract', async () => {
    const answer = await get('/api/v1/tokens/trending');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('public, max-age=1, stale-while-revalidate=10');
    const body = answer.json<TrendingAnswer>();
    expect(body.items).toHaveLength(20);
    expect(body.board).toMatchObject({
      formula: { id: 'trending', version: 1 },
      window: '1h',
      scope: 'all',
      seq: 1,
      scoredAt: '2023-11-14T22:13:20.001Z',
    });
    expect(body.items[1]).toMatchObject({
      rank: 2,
      previousRank: null,
      delta: null,
      isNew: true,
      chain: 'eth',
      address: '0x0002',
      score: 24,
      sigma: null,
      observed: 3,
      expected: 2,
      integrity: 1,
      since: '2023-11-14T22:13:20.000Z',
      metadata: { name: 'Two', symbol: 'TWO', logoUri: null, categories: ['defi'] },
    });
  });

  it('gives a strong tag of the version and nothing again for it', async () => {
    const first = await trending('');
    expect(first.headers.etag).toMatch(/^"trending\.1h\.all\.0\.1\.[0-9a-z]{2,14}"$/);
    for (const tag of [
      first.headers.etag,
      `W/${first.headers.etag}`,
      `"x", ${first.headers.etag}`,
      '*',
    ]) {
      const again = await get('/api/v1/tokens/trending', { 'if-none-match': String(tag) });
      expect([again.statusCode, again.body]).toEqual([304, '']);
      expect(again.headers.etag).toBe(first.headers.etag);
    }
    const other = await get('/api/v1/tokens/trending', {
      'if-none-match': '"trending.1h.all.0.2"',
    });
    expect(other.statusCode).toBe(200);
  });

  it('pages through one version although a newer one came, then says that it is gone', async () => {
    const one = (await trending('window=5m&limit=2')).json<TrendingAnswer>();
    expect(one).toMatchObject({ items: [], nextCursor: null });
    await gateway.publish(boardOf(tokens(5), { window: '5m', seq: 1 }));
    const first = (await trending('window=5m&limit=2')).json<TrendingAnswer>();
    await gateway.publish(boardOf(tokens(5).reverse(), { window: '5m', seq: 2 }));
    const second = (await trending(`limit=2&cursor=${first.nextCursor}`)).json<TrendingAnswer>();
    const third = (
      await trending(`window=5m&limit=2&cursor=${second.nextCursor}`)
    ).json<TrendingAnswer>();
    const seen = [first, second, third].flatMap(({ items }) => items.map(({ token }) => token));
    expect(seen).toEqual(tokens(5));
    expect(third.nextCursor).toBeNull();
    clock.advance(60_001);
    const late = await trending(`limit=2&cursor=${first.nextCursor}`);
    expect(late.statusCode).toBe(410);
    expect(late.json()).toMatchObject({ type: '/docs/errors.md#cursor-expired', status: 410 });
  });

  it.each([
    ['window=2h', 400, 'Windows: 5m, 1h, 6h, 24h'],
    ['formula=magic', 400, 'Formulas: classic, trending, views'],
    ['chain=ETH%20', 400, 'A scope is all'],
    ['chain=eth&category=meme', 400, 'not several'],
    ['chain=nowhere', 404, 'Scopes: all, chain:base, chain:eth'],
    ['cursor=nonsense', 400, 'not one of ours'],
    ['limit=0', 400, ''],
    ['limit=101', 400, ''],
    ['limit=ten', 400, ''],
    ['colour=red', 400, ''],
  ])('answers ?%s with a problem', async (query, status, detail) => {
    const answer = await trending(query);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json<{ detail: string }>().detail).toContain(detail);
  });

  it('refuses a cursor of another board than the one asked for', async () => {
    const { nextCursor } = (await trending('limit=2')).json<TrendingAnswer>();
    expect((await trending(`window=24h&cursor=${nextCursor}`)).statusCode).toBe(400);
  });

  it('knows chains in any case', async () => {
    expect((await trending('chain=ETH')).json<TrendingAnswer>().items).toHaveLength(2);
  });
});

describe('GET /api/v1/tokens/{address}', () => {
  it('tells where a token stands, best first, and what it is called', async () => {
    const answer = await get('/api/v1/tokens/0x0002?chain=eth');
    expect(answer.json()).toMatchObject({
      token: 'eth:0x0002',
      metadata: { symbol: 'TWO' },
      standings: [{ item: { rank: 2 } }, { item: { rank: 2 } }, { item: { rank: 4 } }],
    });
  });

  it('asks for the chain when several have the address', async () => {
    const answer = await get('/api/v1/tokens/0x0001');
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ detail: string }>().detail).toContain('base:0x0001, eth:0x0001');
  });

  it.each(['/api/v1/tokens/0xdead', '/api/v1/tokens/0xdead?chain=eth', '/api/v1/tokens/__proto__'])(
    'answers 404 for %s',
    async (url) => expect((await get(url)).statusCode).toBe(404),
  );
});

describe('GET /api/v1/tokens/{address}/explain', () => {
  it('gives contributions that add up exactly, and a sentence', async () => {
    const body = (await get('/api/v1/tokens/eth:0x0003/explain')).json();
    const sum = body.contributions.reduce(
      (all: number, { micro }: { micro: number }) => all + micro,
      0,
    );
    expect(sum).toBe(body.scoreMicro);
    for (const { says } of body.contributions) expect(says).toMatch(/\d+ views/);
    expect(body.sentence).toContain('number 3 of 25');
  });

  it('answers 404 for a token that is not on that board', async () => {
    const answer = await get('/api/v1/tokens/eth:0xdead/explain');
    expect(answer.json()).toMatchObject({ status: 404, type: '/docs/errors.md#not-on-board' });
  });
});

describe('history', () => {
  it('asks for whole steps and answers ISO times', async () => {
    const answer = await get(
      '/api/v1/tokens/eth:0x0001/history?from=2026-01-01T00:10:00Z&to=1767229200000&step=1h',
    );
    expect(asked.at(-1)).toMatchObject({
      token: 'eth:0x0001',
      from: Date.parse('2026-01-01T00:00:00Z'),
      to: 1_767_229_200_000,
      stepMs: 3_600_000,
      formula: 'trending',
      window: '1h',
    });
    expect(answer.json()).toMatchObject({
      step: '1h',
      points: [{ at: '2026-01-01T00:00:00.000Z', views: 5, visitors: 3, bestRank: null }],
    });
  });

  it.each([
    'step=2h',
    'from=yesterday',
    'from=2026-01-02&to=2026-01-01',
    'from=2026-01-01&to=2026-01-03&step=1m',
    'to=99999999999999999',
  ])('refuses ?%s', async (query) => {
    const answer = await get(`/api/v1/tokens/eth:0x0001/history?${query}`);
    expect(answer.statusCode).toBe(400);
  });

  it('shows a board as it was', async () => {
    const answer = await get('/api/v1/trending/history?at=2026-01-01T00:00:00Z');
    expect(answer.json()).toMatchObject({
      asOf: '2025-12-31T23:59:59.999Z',
      items: [{ rank: 1, chain: 'eth', score: 1.5 }],
    });
    // A plus sign that nobody escaped arrives as a space.
    for (const zone of ['+01:00', '%2B01:00', '-01:00'])
      expect((await get(`/api/v1/trending/history?at=2026-01-01T02:00:00${zone}`)).statusCode).toBe(
        200,
      );
    expect((await get('/api/v1/trending/history?at=1')).statusCode).toBe(404);
    expect((await get('/api/v1/trending/history')).statusCode).toBe(400);
  });

  it('is a 503 problem while ClickHouse is away, and everything else works', async () => {
    historyError = new AppError({
      code: 'CLICKHOUSE_UNAVAILABLE',
      message: 'History is not available now.',
      retriable: true,
    });
    for (const url of ['/api/v1/tokens/eth:0x0001/history', '/api/v1/trending/history?at=5000']) {
      const answer = await get(url);
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['retry-after']).toBe('1');
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
    historyError = undefined;
    expect((await trending('')).statusCode).toBe(200);
    expect((await get('/readyz')).statusCode).toBe(200);
  });
});

describe('the rest', () => {
  it('lists boards with their age', async () => {
    const body = (await get('/api/v1/boards')).json();
    expect(body.scopes).toEqual(['all', 'chain:base', 'chain:eth']);
    expect(body.formulas).toEqual([{ id: 'trending', version: 1, hash: 'f00d' }]);
    expect(body.boards[0]).toMatchObject({ window: '1h', scope: 'all', places: 25 });
    expect(body.boards[0].staleMs).toBeGreaterThan(0);
  });

  it('tells the page about itself', async () => {
    expect((await get('/config.json')).json()).toEqual({
      demoUrl: null,
      publishUrl: null,
      version: '0.1.0',
      windows: ['5m', '1h', '6h', '24h'],
      formulas: ['classic', 'trending', 'views'],
      defaultFormula: 'trending',
      defaultWindow: '1h',
    });
  });

  it('says how to build a page that is not there', async () => {
    const answer = await get('/');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('npm run build:page');
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
    expect((await get('/assets/..%2f..%2fpackage.json')).statusCode).toBe(403);
  });

  it('answers other methods with 405', async () => {
    const answer = await gateway.app.inject({ method: 'POST', url: '/api/v1/boards' });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it('is described by the document in the repository (npm run openapi -w apps/push-gateway)', async () => {
    const document = (await get('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    const kept = readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8');
    expect(JSON.parse(kept)).toEqual(document);
  });
});
