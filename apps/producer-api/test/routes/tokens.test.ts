import { AppError } from '@trending/runtime';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestProducer, keys, noon, pepe, type TestProducer } from '../support/producer.ts';

let producer: TestProducer;
beforeEach(async () => {
  producer = await createTestProducer();
});
afterEach(() => producer.stop());

const url = `/api/v1/tokens/${pepe}`;
const put = (payload: object, headers: Readonly<Record<string, string>> = keys.admin) =>
  producer.app.inject({ method: 'PUT', url, headers, payload });
const importTokens = (payload: object) =>
  producer.app.inject({
    method: 'POST',
    url: '/api/v1/tokens:import',
    headers: keys.admin,
    payload,
  });
const pepeNames = { name: 'Pepe', symbol: 'PEPE' };

describe('metadata of one token', () => {
  test('is set with an admin key', async () => {
    const answer = await put({
      ...pepeNames,
      categories: ['meme'],
      createdAt: '2023-04-14T00:00:00Z',
      logoUri: 'https://x/p.png',
    });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ token: `eth:${pepe}`, status: 'accepted' });
    expect(producer.metadata()).toEqual([
      {
        chain: 'eth',
        address: pepe,
        ...pepeNames,
        categories: ['meme'],
        createdAt: Date.UTC(2023, 3, 14),
        logoUri: 'https://x/p.png',
        updatedAt: noon,
        week: null,
      },
    ]);
    expect(String(producer.log.records('token.metadata.v1')[0]?.key)).toBe(`eth:${pepe}`);
  });

  test('is deleted by a tombstone', async () => {
    const answer = await producer.app.inject({
      method: 'DELETE',
      url: `${url}?chain=bsc`,
      headers: keys.admin,
    });
    expect(answer.json()).toEqual({ token: `bsc:${pepe}`, status: 'deleted' });
    expect(producer.metadata()).toEqual([null]);
  });

  test('needs a key, and one with the admin scope', async () => {
    expect((await put(pepeNames, {})).statusCode).toBe(401);
    const answer = await put(pepeNames, keys.publisher);
    expect(answer.statusCode).toBe(403);
    expect(answer.json().type).toBe('/docs/errors.md#scope-missing');
    expect(producer.metadata()).toEqual([]);
  });

  test.each([
    [{ symbol: 'P' }, 400],
    [{ ...pepeNames, categories: ['Not A Slug'] }, 400],
    [{ ...pepeNames, logoUri: 'javascript:alert(1)' }, 400],
    [{ ...pepeNames, chain: 'sol' }, 422],
    [{ ...pepeNames, createdAt: 'long ago' }, 422],
    [{ ...pepeNames, createdAt: 1_681_430_400_000_000_000 }, 400],
  ])('%j is refused', async (body, status) => expect((await put(body)).statusCode).toBe(status));
});

describe('an import', () => {
  const listed = {
    chainId: 56,
    address: '0x0E09FaBB73Bd3Ade0a17ECC321fD13a19e81cE82',
    name: 'PancakeSwap',
    symbol: 'Cake',
    decimals: 18,
    logoURI: 'http://plain/x.png',
    tags: ['DeFi'],
  };

  test('takes a standard token list, with fields we do not keep', async () => {
    const list = {
      name: 'A list',
      timestamp: '2025-01-01T00:00:00Z',
      version: { major: 1, minor: 0, patch: 0 },
      tokens: [listed],
    };
    expect((await importTokens(list)).json()).toEqual({ accepted: 1, rejected: [] });
    expect(producer.metadata()).toMatchObject([
      {
        chain: 'bsc',
        address: listed.address.toLowerCase(),
        symbol: 'Cake',
        categories: ['defi'],
        logoUri: null,
      },
    ]);
  });

  test('takes our own array; bad tokens do not sink the rest', async () => {
    const answer = await importTokens([
      { chain: 'eth', address: pepe, ...pepeNames, categories: ['meme'] },
      { chain: 'eth', address: '0x12', ...pepeNames },
      { chain: 'eth', address: pepe },
      { chain: 'btc', address: 'native', name: 'Bitcoin', symbol: 'BTC' },
      { chain: 'bsc', address: pepe, ...pepeNames, createdAt: 1_681_430_400_000_000_000 },
    ]);
    expect(answer.json()).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, problem: { type: '/docs/errors.md#address-invalid' } },
        { index: 2, problem: { type: '/docs/errors.md#validation' } },
        { index: 4, problem: { type: '/docs/errors.md#validation' } },
      ],
    });
  });

  test('is 400 without tokens, 413 with too many, 503 when the brokers fail', async () => {
    expect((await importTokens({ name: 'x' })).statusCode).toBe(400);
    expect((await importTokens(new Array(5001).fill(0))).statusCode).toBe(413);
    const error = new AppError({ code: 'BROKER_UNAVAILABLE', message: 'away', retriable: true });
    producer.log.onAppend(() => ({ error, landed: false }));
    expect((await importTokens([listed])).statusCode).toBe(503);
  });
});
