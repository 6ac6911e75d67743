import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boardOf, tokens } from '../support/boards.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** What clients that would rather speak HTTP/2 send to `http:` addresses: Java's HttpClient by default, `curl --http2`. */
const http2Offer = {
  connection: 'Upgrade, HTTP2-Settings',
  upgrade: 'h2c',
  'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA',
};
const webSocketOffer = {
  connection: 'Upgrade',
  upgrade: 'WebSocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
};

interface Answer {
  readonly status: number | undefined;
  readonly type: string;
  readonly upgrade: string | undefined;
  readonly body: string;
}

describe('an offer to change the protocol', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway();
    await gateway.publish(boardOf(tokens(3)));
  });
  afterAll(() => gateway.stop());

  function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request(`${gateway.url}${path}`, { headers, agent: false });
      asked.on('error', reject);
      asked.on('upgrade', ({ statusCode, headers: { upgrade } }, socket) => {
        socket.destroy();
        resolve({ status: statusCode, type: '', upgrade, body: '' });
      });
      asked.on('response', (answer) => {
        const { statusCode, headers: said } = answer;
        const type = String(said['content-type']);
        void text(answer).then((body) =>
          resolve({ status: statusCode, type, upgrade: said.upgrade, body }),
        );
      });
      asked.end();
    });
  }

  test.each([
    ['/api/v1/tokens/trending', 200, 'application/json'],
    ['/livez', 200, 'text/plain'],
    ['/nothing', 404, 'application/problem+json'],
  ])('is passed over where there is no other: %s', async (path, status, type) => {
    const plain = await ask(path);
    expect(plain).toMatchObject({ status, type: expect.stringContaining(type) });
    expect(await ask(path, http2Offer)).toEqual(plain);
    expect(await ask(path, webSocketOffer)).toEqual(plain);
  });

  test('is taken at the address of the WebSocket, and the only way in there', async () => {
    expect(await ask('/ws/trending', webSocketOffer)).toMatchObject({ status: 101 });
    for (const headers of [{}, http2Offer]) {
      const { body, ...answer } = await ask('/ws/trending', headers);
      expect(answer).toEqual({
        status: 426,
        type: 'application/problem+json; charset=utf-8',
        upgrade: 'websocket',
      });
      expect(JSON.parse(body)).toMatchObject({ type: '/docs/errors.md#upgrade-required' });
    }
  });
});
