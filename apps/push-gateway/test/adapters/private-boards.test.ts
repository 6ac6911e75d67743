import { ManualClock, until } from '@trending/runtime/testing';
import type { ServerFrame } from '@trending/schemas';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { signAccessToken } from '../../src/adapters/access-keeper.ts';
import { boardOf, tokens } from '../support/boards.ts';
import { rawUpgrade } from '../support/raw-upgrade.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const secret = 'a secret of more than thirty-two characters';
const board = { formula: 'trending', window: '1h', scope: 'category:secret' };
const start = 1_700_000_100_000;
const clock = new ManualClock(start);
const tokenFor = (...boards: string[]) =>
  signAccessToken({ boards, expiresAt: start + 60_000 }, secret);
const token = tokenFor('category:secret');

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({
    clock,
    env: { PRIVATE_BOARDS: 'category:secret, formula:beta', ACCESS_SECRETS: secret },
  });
  await gateway.describe({
    ...{
      chain: 'eth',
      address: '0x0001',
      name: 'One',
      symbol: 'ONE',
      categories: ['secret', 'meme'],
    },
    ...{ createdAt: null, logoUri: null, updatedAt: 1 },
  });
  await gateway.publish(boardOf(tokens(3)));
  await gateway.publish(boardOf(tokens(30), { scope: 'category:secret' }));
  await gateway.publish(boardOf(tokens(2), { formula: 'beta' }));
});
afterAll(() => gateway.stop());

const get = (url: string, credential?: string) =>
  gateway.app.inject({
    url,
    headers: credential === undefined ? {} : { authorization: `Bearer ${credential}` },
  });

describe('a private board over REST', () => {
  const paths = [
    '/api/v1/tokens/trending?category=secret',
    '/api/v1/tokens/trending?formula=beta',
    '/api/v1/tokens/0x0001/explain?chain=eth&scope=category:secret',
    '/api/v1/tokens/0x0001/history?chain=eth&formula=beta',
    '/api/v1/trending/history?category=secret&at=2026-01-31',
    '/api/v1/trending/stream?category=secret',
    '/embed/v1/board.html?category=secret',
    '/embed/v1/board-fragment.html?formula=beta',
  ];

  it.each(paths)('%s needs a token that grants it', async (path) => {
    const none = await get(path);
    expect([none.statusCode, none.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect((await get(path, tokenFor('category:other'))).statusCode).toBe(403);
    expect((await get(path, `${token}x`)).json().type).toBe('/docs/errors.md#bad-token');
  });

  it('answers to the token, and no cache may keep it', async () => {
    const answer = await get(paths[0]!, token);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'cache-control': 'private, no-store',
      vary: 'authorization',
    });
  });

  it('leaves public boards as they were, for CDNs too', async () => {
    for (const credential of [undefined, token]) {
      const answer = await get('/api/v1/tokens/trending', credential);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['cache-control']).toBe('public, max-age=1, stale-while-revalidate=10');
    }
  });

  it('is in no list, no standing and no metadata of those who may not see it', async () => {
    for (const path of [
      '/api/v1/boards',
      '/api/v1/tokens/0x0001',
      '/api/v1/tokens/trending',
      '/config.json',
      '/metrics',
    ]) {
      const { body } = await get(path);
      expect(body).not.toMatch(/secret|beta/);
    }
    const known = await get('/api/v1/boards', token);
    expect(known.json().scopes).toContain('category:secret');
    expect(known.headers['cache-control']).toBe('private, no-store');
    expect((await get('/api/v1/tokens/0x0001', token)).body).toContain('category:secret');
    const missing = await get('/api/v1/tokens/trending?category=none');
    expect(missing.body).not.toMatch(/secret|beta/);
  });

  it('is not opened by the cursor of somebody who could', async () => {
    const { nextCursor } = (await get(`${paths[0]}&limit=10`, token)).json();
    expect((await get(`/api/v1/tokens/trending?cursor=${nextCursor}`)).statusCode).toBe(401);
    expect((await get(`/api/v1/tokens/trending?cursor=${nextCursor}`, token)).statusCode).toBe(200);
  });
});

interface Follower {
  subscribe(wanted: object): void;
  readonly frames: ServerFrame[];
  close(): void;
}

const followers: readonly (readonly [
  string,
  (credential: string | undefined) => Promise<Follower>,
])[] = [
  ['WebSocket, subprotocol', (credential) => overWebSocket('', credential)],
  [
    'WebSocket, address',
    (credential) => overWebSocket(credential === undefined ? '' : `?access_token=${credential}`),
  ],
  ['Socket.IO', overSocketIo],
];

function overWebSocket(query: string, bearer?: string): Promise<Follower> {
  const protocols = bearer === undefined ? [] : ['trending.v1', `bearer.${bearer}`];
  const socket = new WebSocket(
    `${gateway.url.replace('http', 'ws')}/ws/trending${query}`,
    protocols,
  );
  const frames: ServerFrame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data))));
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => {
      expect(socket.protocol).toBe(bearer === undefined ? '' : 'trending.v1');
      resolve({
        frames,
        subscribe: (wanted) => socket.send(JSON.stringify({ type: 'subscribe', board: wanted })),
        close: () => socket.terminate(),
      });
    });
  });
}

function overSocketIo(credential: string | undefined): Promise<Follower> {
  const socket = io(`${gateway.url}/trending`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...(credential !== undefined && { auth: { token: credential } }),
  });
  const frames: ServerFrame[] = [];
  socket.onAny((_event, frame: ServerFrame) => frames.push(frame));
  return new Promise((resolve, reject) => {
    socket.on('connect_error', reject);
    socket.on('connect', () =>
      resolve({
        frames,
        subscribe: (wanted) => socket.emit('subscribe', { board: wanted }),
        close: () => socket.disconnect(),
      }),
    );
  });
}

describe.each(followers)('a private board over %s', (_name, connect) => {
  const frame = (follower: Follower, n: number) =>
    until({ timeoutMs: 4_000, what: `frame ${n}` }, () => follower.frames[n]);

  it('is followed with a token, refused without one', async () => {
    const [stranger, friend] = await Promise.all([connect(undefined), connect(token)]);
    for (const follower of [stranger, friend]) follower.subscribe(board);
    expect(await frame(stranger, 0)).toMatchObject({ type: 'error', code: 'access-denied', board });
    expect(await frame(friend, 0)).toMatchObject({ type: 'snapshot', board });
    stranger.subscribe({ ...board, scope: 'all' });
    expect((await frame(stranger, 1)).type).toBe('snapshot');
    for (const follower of [stranger, friend]) follower.close();
  });

  it('does not let in a token that is not ours', async () => {
    await expect(connect('forged')).rejects.toThrow(/401|bad-token/);
  });

  it('ends when the token expires, and the public board beside it goes on', async () => {
    const shortLived = signAccessToken(
      { boards: ['category:secret'], expiresAt: clock.now() + 2_000 },
      secret,
    );
    const friend = await connect(shortLived);
    friend.subscribe(board);
    await frame(friend, 0);
    friend.subscribe({ ...board, scope: 'all' });
    await frame(friend, 1);
    clock.advance(2_000);
    expect(await frame(friend, 2)).toMatchObject({ type: 'error', code: 'access-expired', board });
    const seq = clock.now() - start;
    await gateway.publish(boardOf(tokens(31), { scope: 'category:secret', seq }));
    await gateway.publish(boardOf(tokens(4 + (seq % 7)), { seq }));
    expect(await frame(friend, 3)).toMatchObject({
      type: 'delta',
      board: { ...board, scope: 'all' },
    });
    friend.subscribe(board);
    expect(await frame(friend, 4)).toMatchObject({ type: 'error', code: 'access-expired' });
    friend.close();
  });
});

describe('a stream of a private board', () => {
  it('takes the token from the address, as browsers cannot send headers with it', async () => {
    const url = `${gateway.url}/api/v1/trending/stream?category=secret&access_token=${tokenFor('category:secret')}`;
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([
      200,
      'no-store, no-transform',
    ]);
    await answer.body?.cancel();
  });

  it('ends with an error event when the token expires', async () => {
    const shortLived = signAccessToken(
      { boards: ['category:secret'], expiresAt: clock.now() + 2_000 },
      secret,
    );
    const answer = await fetch(`${gateway.url}/api/v1/trending/stream?category=secret`, {
      headers: { authorization: `Bearer ${shortLived}` },
    });
    clock.advance(2_000);
    expect(await answer.text()).toMatch(/event: snapshot.*event: error-frame.*access-expired/s);
  });

  it('is refused before the upgrade, with a problem document', async () => {
    const answer = await rawUpgrade(gateway.url, '/ws/trending?access_token=forged');
    expect(answer.status).toBe(401);
    expect(answer.head.toLowerCase()).toContain('application/problem+json');
  });
});
