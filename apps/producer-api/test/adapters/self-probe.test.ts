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

  test('the answer to a wait that was told already is no news, the next wait is', async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const told: [waitMs: number, isNews: boolean][] = [];
    const third = Promise.withResolvers<void>();
    const probe = createSelfProbe({
      server,
      waited(waitMs, isNews) {
        told.push([waitMs, isNews]);
        // The first wait ends before it has doubled; whatever is asked then is answered at once.
        for (const response of held.splice(0)) response.end();
        if (told.length === 1) server.on('request', (_request, response) => response.end());
        if (told.length === 3) third.resolve();
      },
    });
    await probe.start();
    await third.promise;
    await probe.stop();
    expect(told.map(([, isNews]) => isNews)).toEqual([true, false, true]);
    const [first, answer, next] = told.map(([waitMs]) => waitMs);
    expect(answer).toBeGreaterThanOrEqual(first ?? 0);
    expect(next).toBeLessThan(500);
  });
});
