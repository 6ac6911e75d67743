import { createHash } from 'node:crypto';
import { type BoardView, subscribeBoard } from '@trending/client/subscribe';
import { ManualClock, until } from '@trending/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenSent } from '../../src/adapters/token-sent.ts';
import { boardOf, tokens } from '../support/boards.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const board = { formula: 'trending', window: '1h', scope: 'category:secret' };
const keys = ['a/b+c==', 'one, two', 'schlüssel? "yes"', 'plain'];

let gateway: TestGateway;
beforeAll(async () => {
  const hashes = keys.map((key) => createHash('sha256').update(key).digest('hex'));
  gateway = await startGateway({
    clock: new ManualClock(1_700_000_100_000),
    env: {
      PRIVATE_BOARDS: 'category:secret',
      ACCESS_KEYS: hashes.map((hash, n) => `key${n}:category:secret:${hash}`).join(','),
    },
  });
  await gateway.publish(boardOf(tokens(3), { scope: 'category:secret' }));
});
afterAll(() => gateway.stop());

describe('an access key of any characters', () => {
  it.each(keys)('%s opens a private board over WebSocket', async (accessToken) => {
    let shown: BoardView | undefined;
    const subscription = subscribeBoard({
      ...{ endpoint: gateway.url, board, transport: 'websocket', accessToken },
      onBoard: (view) => {
        shown = view;
      },
    });
    const view = await until({ timeoutMs: 4_000, what: 'the board' }, () => shown);
    subscription.close();
    expect(view.items).toHaveLength(3);
  });

  it.each([
    ['Bearer one, two ', 'one, two'],
    ['bearer  plain', 'plain'],
    ['Bearer ', undefined],
    ['Basic one', undefined],
  ])('the header "%s" is read whole', (authorization, token) => {
    expect(tokenSent({ headers: { authorization } })).toBe(token);
  });
});
