import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@trending/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { ClickHouseHistory, type HistoryLimits } from '../../src/adapters/clickhouse-history.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

let server: Server;
let gateway: TestGateway;
let history: ClickHouseHistory;
let asked = 0;

/** A gateway whose ClickHouse answers like this. */
async function serve(answer: RequestListener, limits: HistoryLimits): Promise<void> {
  asked = 0;
  server = createServer((request, response) => {
    asked += 1;
    request.resume();
    answer(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  history = new ClickHouseHistory(
    {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ...{ username: 'default', password: '', database: 'trending' },
      logger: createLogger({ service: 'test', level: 'silent' }),
    },
    limits,
  );
  gateway = await startGateway({ history });
}
afterEach(async () => {
  await Promise.all([gateway.stop(), history.stop()]);
  server.closeAllConnections();
  await once(server.close(), 'close');
});

const url = '/api/v1/tokens/0xaa/history?chain=eth';
const crowd = () => Promise.all(Array.from({ length: 50 }, () => gateway.app.inject(url)));

describe('history from a ClickHouse that stands still', () => {
  it('answers everybody within the deadline, those too who wait for a connection', async () => {
    await serve(() => undefined, { deadlineMs: 300, queriesMax: 200 });
    const answers = await crowd();
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([503]));
    expect(answers.every(({ headers }) => Number(headers['retry-after']) > 0)).toBe(true);
    // A hundred queries: those that waited for one of the four connections have gone without being asked.
    expect(asked).toBeLessThan(50);
  }, 20_000);

  it('lets no more wait than it is allowed to: the others are told at once', async () => {
    await serve(() => undefined, { deadlineMs: 60_000, queriesMax: 6 });
    const answers = Array.from({ length: 50 }, () => gateway.app.inject(url));
    const first = await Promise.race(answers);
    expect([first.statusCode, first.json().detail]).toEqual([
      503,
      expect.stringContaining('Too many'),
    ]);
    server.closeAllConnections();
    await history.stop();
  }, 20_000);

  it('does not wait for the end of an answer that drips', async () => {
    await serve(
      (_request, response) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
      { deadlineMs: 300, queriesMax: 200 },
    );
    expect((await gateway.app.inject(url)).statusCode).toBe(503);
  }, 20_000);
});
