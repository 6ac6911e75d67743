import { ManualClock } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import type { TrendingAnswer } from '@trending/schemas/http/trending';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardOf, tokens } from '../support/boards.ts';
import { emptyLog, publishBoard, startGateway, type TestGateway } from '../support/test-gateway.ts';

const path = '/api/v1/tokens/trending?limit=2';
const rankings = { topic: topics.rankings.name, partition: 0 };

/** Two gateways on one log, as behind a load balancer that sends every request anywhere. */
describe('a cursor', { timeout: 20_000 }, () => {
  let clock: ManualClock;
  let log: ReturnType<typeof emptyLog>;
  let first: TestGateway;
  let second: TestGateway;
  beforeEach(async () => {
    clock = new ManualClock(1_700_000_100_000);
    log = emptyLog();
    await publishBoard(log, boardOf(tokens(5), { seq: 1 }));
    [first, second] = [
      await startGateway({ clock, log: log.another() }),
      await startGateway({ clock, log: log.another() }),
    ];
  });
  afterEach(() => Promise.all([first.stop(), second.stop()]));

  const page = async (gateway: TestGateway, cursor?: string | null) =>
    gateway.app.inject(cursor === undefined ? path : `${path}&cursor=${cursor}`);
  const turn = (seq: number, wishes = {}) =>
    publishBoard(log, boardOf(tokens(5).reverse(), { seq, ...wishes }));

  it('is good at every gateway, although the board has changed since', async () => {
    const one = (await page(first)).json<TrendingAnswer>();
    await turn(2);
    const two = (await page(second, one.nextCursor)).json<TrendingAnswer>();
    await turn(3);
    const three = (await page(first, two.nextCursor)).json<TrendingAnswer>();
    const seen = [one, two, three].flatMap(({ items }) => items.map(({ token }) => token));
    expect(seen).toEqual(tokens(5));
    expect([two, three].map(({ board }) => board.seq)).toEqual([1, 1]);
  });

  it('stays good for a minute after its version was replaced, then it is told to start again', async () => {
    const { nextCursor } = (await page(first)).json<TrendingAnswer>();
    await turn(2);
    clock.advance(59_999);
    expect((await page(first, nextCursor)).statusCode).toBe(200);
    clock.advance(1);
    for (const gateway of [first, second]) {
      const late = await page(gateway, nextCursor);
      expect([late.statusCode, late.json().type]).toEqual([410, '/docs/errors.md#cursor-expired']);
    }
  });

  it('is good for whoever was told that nothing has changed', async () => {
    const { headers, body } = await page(first);
    await first.stop();
    first = await startGateway({ clock, log: log.another() });
    const again = await first.app.inject({
      url: path,
      headers: { 'if-none-match': String(headers.etag) },
    });
    expect(again.statusCode).toBe(304);
    await turn(2);
    const next = await page(first, JSON.parse(body).nextCursor);
    expect([next.statusCode, next.json().items?.[0]?.rank]).toEqual([200, 3]);
  });

  it('from a gateway that has read further is not refused for good', async () => {
    const cursor = btoa(JSON.stringify(['trending', '1h', 'all', 0, 7, 2])).replaceAll('=', '');
    const early = await page(first, cursor);
    expect([early.statusCode, early.headers['retry-after']]).toEqual([503, '1']);
    await turn(7);
    expect((await page(first, cursor)).statusCode).toBe(200);
  });

  it('ends where the memory of the log ends', async () => {
    const one = (await page(first)).json<TrendingAnswer>();
    await turn(2);
    log.truncateBefore(rankings, 1);
    expect((await page(second, one.nextCursor)).statusCode).toBe(410);
  });
});
