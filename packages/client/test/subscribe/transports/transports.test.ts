import type { TrendingItem } from '@trending/schemas/http/shared';
import { describe, expect, test } from 'vitest';
import { parseFrame } from '../../../src/subscribe/transport.ts';
import { boardQuery } from '../../../src/subscribe/transports/query.ts';
import { snapshotFromRest } from '../../../src/subscribe/transports/rest-board.ts';

describe('parseFrame', () => {
  test('takes frames and nothing else', () => {
    expect(parseFrame('{"type":"heartbeat"}')).toEqual({ type: 'heartbeat' });
    for (const text of ['', '{', 'null', '7', '[]', '{"type":7}', '{"type":"hello"}', new Blob()]) {
      expect(parseFrame(text)).toBeUndefined();
    }
  });
});

test.each([
  ['all', 'window=1h&formula=classic&limit=20'],
  ['chain:eth', 'window=1h&formula=classic&chain=eth&limit=20'],
  ['category:real:estate', 'window=1h&formula=classic&category=real%3Aestate&limit=20'],
])('scope %s is asked for as %s', (scope, query) => {
  expect(String(boardQuery({ formula: 'classic', window: '1h', scope }, 20))).toBe(query);
});

test('more places than there are in any answer are asked for as the most there are', () => {
  const query = boardQuery({ formula: 'classic', window: '1h', scope: 'all' }, 250);
  expect(query.get('limit')).toBe('100');
});

test('a REST answer is the snapshot it would have been, in the units of frames', () => {
  const item: TrendingItem = {
    rank: 1,
    previousRank: null,
    delta: null,
    isNew: true,
    token: 'eth:0x1',
    chain: 'eth',
    address: '0x1',
    since: '1970-01-01T00:00:01.000Z',
    state: 'new',
    stateSince: '1970-01-01T00:00:01.500Z',
    burstSince: null,
    score: 1.5,
    scoreMicro: 1_500_000,
    sigma: null,
    observed: 2.5,
    expected: 1,
    rawViews: 3,
    previousViews: 1,
    visitors: 2,
    effectiveVisitors: 1.25,
    integrity: 0.3,
    contributions: [{ name: 'views', micro: 1_500_000 }],
    flags: [],
    metadata: { name: 'One', symbol: 'ONE', logoUri: null, categories: ['meme'] },
    sparkline: [1, 2],
  };
  const board = { formula: 'classic', window: '1h', scope: 'all' };
  const head = { formula: { id: 'classic', version: 1, hash: 'h' }, window: '1h', scope: 'all' };
  const times = { asOf: '1970-01-01T00:00:02.000Z', scoredAt: '1970-01-01T00:00:03.000Z' };
  const frame = snapshotFromRest(
    {
      board: { ...head, epoch: 4, seq: 9, ...times, receivedAt: null },
      totals: { tokens: 1, views: 3, effectiveVisitors: 1 },
      items: [item],
      nextCursor: null,
    },
    { endpoint: '', board, limit: 20 },
  );
  expect(frame).toMatchObject({
    type: 'snapshot',
    board,
    epoch: 4,
    seq: 9,
    asOf: 2_000,
    receivedAt: 0,
    scoredAt: 3_000,
  });
  expect(frame.items[0]).toMatchObject({
    since: 1_000,
    integrityMicro: 300_000,
    effectiveVisitors: 1_250_000,
    symbol: 'ONE',
    categories: ['meme'],
  });
  expect(frame.items[0]).not.toHaveProperty('logoUri');
});
