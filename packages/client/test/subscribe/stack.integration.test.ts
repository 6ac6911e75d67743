import { createLatch } from '@trending/runtime/testing';
import { afterEach, expect, inject, test } from 'vitest';
import { freshToken, publishSurely, viewsOf } from '../../../../test/support/pipeline.ts';
import { restartService } from '../../../../test/support/stack.ts';
import { socketIoTransport } from '../../src/socket-io/index.ts';
import { type BoardSubscription, subscribeBoard } from '../../src/subscribe/index.ts';

const stack = inject('stack');
const board = { formula: 'views', window: '5m', scope: 'all' };
const open: BoardSubscription[] = [];

afterEach(() => {
  for (const subscription of open.splice(0)) subscription.close();
});

test.each([
  ['websocket', 'websocket'],
  ['polling', 'polling'],
  ['socket.io', socketIoTransport],
] as const)('the client follows a board over %s', async (_name, transport) => {
  const token = freshToken();
  await publishSurely(stack, viewsOf(token, 150));
  const options = { endpoint: stack.gatewayUrl, board, limit: 100, transport };
  const subscription = subscribeBoard(options);
  open.push(subscription);
  const counts: number[] = [];
  let hasMore = false;
  for await (const { items } of subscription) {
    const views = items.find((item) => item.token === token.token)?.rawViews;
    if (views === undefined) continue;
    counts.push(views);
    if (views === 200) break;
    if (views < 150 || hasMore) continue;
    hasMore = true;
    await publishSurely(stack, viewsOf(token, 50));
  }
  expect(counts.at(-1)).toBe(200);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
});

test('the client goes on after its gateway was started again', async () => {
  const token = freshToken();
  const live = createLatch();
  const lost = createLatch();
  const seen = createLatch();
  const subscription = subscribeBoard({
    endpoint: stack.gatewayUrl,
    board,
    limit: 100,
    onStatus: (status) => {
      if (status === 'live') live.open();
      if (status === 'reconnecting') lost.open();
    },
    onBoard: ({ items }) => {
      if (items.some((item) => item.token === token.token)) seen.open();
    },
  });
  open.push(subscription);
  await live.opened;
  await Promise.all([restartService(stack, 'push-gateway'), lost.opened]);
  await publishSurely(stack, viewsOf(token, 500));
  await seen.opened;
});
