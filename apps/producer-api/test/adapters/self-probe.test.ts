import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createSelfProbe } from '../../src/adapters/self-probe.ts';

const held: ServerResponse[] = [];
const server = createServer((_request, response) => held.push(response));

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

describe('the self-probe', () => {
  test('tells a wait before the answer is there, and the whole of it then', async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const first = Promise.withResolvers<number>();
    const answer = Promise.withResolvers<number>();
    let isAnswered = false;
    const probe = createSelfProbe({
      server,
      waited: (waitMs) => (isAnswered ? answer : first).resolve(waitMs),
    });
    await probe.start();
    const waitedMs = await first.promise;
    expect(waitedMs).toBeGreaterThanOrEqual(500);
    expect(held).toHaveLength(1);
    isAnswered = true;
    held[0]?.end();
    expect(await answer.promise).toBeGreaterThanOrEqual(waitedMs);
    await probe.stop();
  });
});
