import { afterEach, describe, expect, inject, test } from 'vitest';
import {
  type Listener,
  listenOnSocketIo,
  listenOnSse,
  listenOnWebSocket,
} from './support/listeners.ts';
import {
  boardShows,
  clickhouseShows,
  freshToken,
  postViews,
  publishSurely,
  restBoard,
  sql,
  viewsOf,
} from './support/pipeline.ts';

const stack = inject('stack');
const open: Listener[] = [];

afterEach(() => {
  for (const listener of open.splice(0)) listener.close();
});

describe('a view travels', () => {
  test('from POST to the board on Socket.IO, WebSocket, SSE and REST, and into ClickHouse', async () => {
    const token = freshToken();
    open.push(listenOnSocketIo(stack), listenOnWebSocket(stack), listenOnSse(stack));
    await publishSurely(stack, viewsOf(token, 3));

    const seen = await Promise.all(open.map((listener) => listener.sees(token.token, 3)));
    expect(seen.map(({ rawViews, visitors }) => ({ rawViews, visitors }))).toEqual(
      seen.map(() => ({ rawViews: 3, visitors: 3 })),
    );
    expect(await boardShows(stack, token.token, 3)).toMatchObject({ rawViews: 3 });
    await clickhouseShows(stack, token.token, 3);
  });

  test('one at a time through the single call, with the chain found from the address', async () => {
    const token = freshToken();
    const response = await fetch(`${stack.producerUrl}/api/v1/tokens/${token.address}/view`, {
      method: 'POST',
    });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      status: 'accepted',
      eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    await boardShows(stack, token.token, 1);
  });

  test('once, though its batch is sent again', async () => {
    const token = freshToken();
    const views = viewsOf(token, 20);
    for (const round of [1, 2, 3]) {
      const answer = (await (await postViews(stack, views)).json()) as {
        accepted: number;
        duplicate: number;
      };
      expect(answer.accepted + answer.duplicate, `round ${round}`).toBe(20);
    }
    await boardShows(stack, token.token, 20);
  });

  test('to every window and formula, and to the board of its chain', async () => {
    const token = freshToken();
    await publishSurely(stack, viewsOf(token, 40));
    await boardShows(stack, token.token, 40);
    for (const window of ['5m', '1h', '6h', '24h']) {
      for (const query of [
        `window=${window}&formula=views`,
        `window=${window}&formula=classic`,
        `window=${window}&formula=views&chain=eth`,
      ]) {
        await expect
          .poll(
            async () =>
              (await restBoard(stack, `${query}&limit=50`)).find(
                (item) => item.token === token.token,
              )?.rawViews,
            { timeout: 20_000, message: query },
          )
          .toBe(40);
      }
    }
  });

  test('with its roll-ups, which agree with the raw rows', async () => {
    const token = freshToken();
    await publishSurely(stack, viewsOf(token, 25));
    await clickhouseShows(stack, token.token, 25);
    const where = `WHERE token = '${token.token}'`;
    for (const step of ['minute', 'hour', 'day']) {
      const query = `SELECT toUInt32(sum(views)) AS views FROM trending.views_per_${step} ${where}`;
      // Rows are seen a moment before the roll-ups of the same insert.
      await expect
        .poll(async () => ({ step, ...(await sql<{ views: number }>(stack, query))[0] }))
        .toEqual({ step, views: 25 });
    }
  });

  test('into the history of boards, with the cut it was ranked at', async () => {
    const token = freshToken();
    await publishSurely(stack, viewsOf(token, 30));
    await boardShows(stack, token.token, 30);
    const query = `SELECT toUInt32(max(raw_views)) AS views, toUInt32(any(length(cut))) AS partitions FROM trending.board_history WHERE token = '${token.token}' AND window = '1h'`;
    await expect
      .poll(async () => (await sql<{ views: number }>(stack, query))[0], {
        timeout: 40_000,
        interval: 500,
      })
      .toEqual({ views: 30, partitions: 12 });
    const at = new Date().toISOString();
    const past = await fetch(
      `${stack.gatewayUrl}/api/v1/trending/history?window=1h&formula=views&at=${at}`,
    );
    expect(past.status).toBe(200);
    expect(await past.text()).toContain(token.token);
  });

  test('while every part says that it is ready', async () => {
    for (const url of [stack.producerUrl, stack.processorUrl, stack.gatewayUrl]) {
      const response = await fetch(`${url}/readyz?verbose`);
      expect(await response.text()).not.toContain('[-]');
      expect(response.status).toBe(200);
    }
  });

  test('and the listeners agree with REST about the whole board', async () => {
    const token = freshToken();
    const listener = listenOnWebSocket(stack);
    open.push(listener);
    await publishSurely(stack, viewsOf(token, 7));
    await listener.sees(token.token, 7);
    await boardShows(stack, token.token, 7);
    await expect
      .poll(
        async () => {
          const rest = (await restBoard(stack)).map(({ rank, token: name, rawViews }) => ({
            rank,
            name,
            rawViews,
          }));
          const live = listener
            .items()
            .map(({ rank, token: name, rawViews }) => ({ rank, name, rawViews }));
          return JSON.stringify(rest) === JSON.stringify(live) ? 'equal' : { rest, live };
        },
        { timeout: 20_000 },
      )
      .toBe('equal');
  });
});
