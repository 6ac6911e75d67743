import type { TrendingAnswer } from '@trending/schemas/http/trending';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardOf, tokens } from '../support/boards.ts';
import { emptyLog, startGateway, type TestGateway } from '../support/test-gateway.ts';

const path = '/api/v1/tokens/trending';
const metadata = (address: string, name: string) => ({
  chain: 'eth',
  address,
  name,
  symbol: name.toUpperCase(),
  categories: ['meme'],
  createdAt: null,
  logoUri: null,
  updatedAt: 1,
});

describe('a name that comes while its board is quiet', { timeout: 20_000 }, () => {
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await startGateway({ log: emptyLog() });
    await gateway.publish(boardOf(tokens(3)));
    await gateway.publish(boardOf(['eth:0x0003'], { window: '5m' }));
  });
  afterEach(() => gateway.stop());
  const ask = async (tag?: string) =>
    gateway.app.inject({ url: path, headers: tag === undefined ? {} : { 'if-none-match': tag } });

  it('shows at once over REST and as a document, under a tag of its own', async () => {
    const before = String((await ask()).headers.etag);
    await gateway.describe(metadata('0x0002', 'two'));
    const after = await ask(before);
    expect(after.statusCode).toBe(200);
    expect(after.headers.etag).not.toBe(before);
    const { items, board } = after.json<TrendingAnswer>();
    expect([board.seq, items.map((item) => item.metadata?.name)]).toEqual([
      1,
      [undefined, 'two', undefined],
    ]);
    const html = await gateway.app.inject({
      url: '/embed/v1/board.html',
      headers: { 'if-none-match': before },
    });
    expect([html.statusCode, html.body]).toEqual([200, expect.stringContaining('TWO')]);
  });

  it('leaves the tag alone when nothing is shown differently, or on no board that is asked for', async () => {
    await gateway.describe(metadata('0x0002', 'two'));
    const tag = String((await ask()).headers.etag);
    await gateway.describe({ ...metadata('0x0002', 'two'), updatedAt: 2 });
    await gateway.describe(metadata('0x9999', 'elsewhere'));
    expect((await ask(tag)).statusCode).toBe(304);
  });

  it('has the same tag at a gateway that read everything in another order', async () => {
    await gateway.describe(metadata('0x0001', 'one'));
    const other = await startGateway({ log: gateway.log.another() });
    expect((await other.app.inject(path)).headers.etag).toBe((await ask()).headers.etag);
    await other.stop();
  });
});
