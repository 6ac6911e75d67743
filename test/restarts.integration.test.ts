import { describe, expect, inject, test } from 'vitest';
import { listenOnWebSocket } from './support/listeners.ts';
import {
  boardShows,
  clickhouseShows,
  freshToken,
  publishSurely,
  sql,
  viewsOf,
} from './support/pipeline.ts';
import {
  killService,
  restartService,
  type StackService,
  serviceIsBack,
  serviceStatus,
} from './support/stack.ts';

const stack = inject('stack');
const apps = ['producer-api', 'stream-processor', 'push-gateway'] as const;

async function killed(name: StackService): Promise<void> {
  const { pid } = await serviceStatus(stack, name);
  await killService(stack, name);
  await serviceIsBack(stack, name, pid);
}

/** Distinct log positions of a token's rows beside their number: equal when nothing was written twice. */
async function rowsOf(token: string): Promise<{ rows: number; places: number }> {
  const query = `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact((_topic, _partition, _offset))) AS places FROM trending.token_views WHERE token = '${token}'`;
  const [row] = await sql<{ rows: number; places: number }>(stack, query);
  return { rows: Number(row?.rows), places: Number(row?.places) };
}

describe('after a kind restart', () => {
  test.each(apps)('of %s every acknowledged view is on the board, once', async (name) => {
    const token = freshToken();
    await publishSurely(stack, viewsOf(token, 5));
    await boardShows(stack, token.token, 5);
    await restartService(stack, name);
    await publishSurely(stack, viewsOf(token, 6));
    await boardShows(stack, token.token, 11);
    await clickhouseShows(stack, token.token, 11);
    expect(await rowsOf(token.token)).toEqual({ rows: 11, places: 11 });
  });
});

describe('after SIGKILL', () => {
  test.each([...apps, 'clickhouse'] as const)(
    'of %s under load nothing acknowledged is lost or counted twice',
    async (name) => {
      const token = freshToken();
      let published = 0;
      const load = (async () => {
        for (let round = 0; round < 20; round += 1) {
          await publishSurely(stack, viewsOf(token, 10));
          published += 10;
        }
      })();
      await killed(name);
      await load;
      await boardShows(stack, token.token, published);
      await clickhouseShows(stack, token.token, published);
      const { rows, places } = await rowsOf(token.token);
      expect(rows).toBe(places);
    },
  );

  test('of the broker the pipeline goes on', async () => {
    const token = freshToken();
    await publishSurely(stack, viewsOf(token, 5));
    await boardShows(stack, token.token, 5);
    await killed('kafka');
    await publishSurely(stack, viewsOf(token, 6));
    await boardShows(stack, token.token, 11);
  });
});

test('a follower that never disconnects sees boards go on after the processor was killed', async () => {
  const token = freshToken();
  const listener = listenOnWebSocket(stack);
  await publishSurely(stack, viewsOf(token, 3));
  await listener.sees(token.token, 3);
  await killed('stream-processor');
  await publishSurely(stack, viewsOf(token, 4));
  await listener.sees(token.token, 7);
  listener.close();
});
