import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, inject, test } from 'vitest';
import { pepe } from '../support/producer.ts';

const { hostname, port } = new URL(inject('stack').producerUrl);
const path = `/api/v1/tokens/${pepe}/view?chain=eth`;
const socketsMax = 300;

interface Slow {
  readonly answer: string;
  /** From its opening to its end, ms. */
  readonly lastedMs: number;
}

/** A client that sends `head` at once and then a byte a second, for as long as it is let. */
async function slowClient(head: string): Promise<Slow> {
  const socket: Socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const start = performance.now();
  let answer = '';
  socket.on('data', (bytes) => {
    answer += String(bytes);
  });
  socket.write(head);
  const drip = setInterval(() => socket.write('a'), 1_000);
  await once(socket, 'close');
  clearInterval(drip);
  return { answer, lastedMs: performance.now() - start };
}

const crowd = (head: string) =>
  Promise.all(Array.from({ length: socketsMax }, () => slowClient(head)));

/** Asks as a healthy client until `end` settles; its statuses. */
async function meanwhile(end: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  void end.then(() => {
    isOver = true;
  });
  const statuses: number[] = [];
  while (!isOver) statuses.push((await fetch(`http://${hostname}:${port}/livez`)).status);
  return statuses;
}

describe('300 clients that send a byte a second', () => {
  test.each([
    ['headers', `POST ${path} HTTP/1.1\r\nhost: a\r\nx-slow: `, 5_000],
    [
      'a body',
      `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n{`,
      10_000,
    ],
  ])(
    'of %s are all cut with 408, and meanwhile others are served',
    async (_what, head, limitMs) => {
      const slow = crowd(head);
      const statuses = await meanwhile(slow);
      const ends = await slow;
      expect(ends).toHaveLength(socketsMax);
      for (const { answer } of ends)
        expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*#request-timeout/);
      // The server looks once a second; the rest is for a machine that is busy with other things.
      expect(Math.max(...ends.map(({ lastedMs }) => lastedMs))).toBeLessThan(limitMs + 10_000);
      expect(Math.min(...ends.map(({ lastedMs }) => lastedMs))).toBeGreaterThan(limitMs - 1_000);
      expect(statuses.length).toBeGreaterThan(10);
      expect(new Set(statuses)).toEqual(new Set([200]));
    },
  );

  test('and clients that connect and say nothing are cut as well', async () => {
    const [first] = await Promise.all([slowClientSilent(), slowClientSilent()]);
    expect(first).toBeLessThan(15_000);
  });
});

async function slowClientSilent(): Promise<number> {
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  // Without a reader the end of the stream would never be seen.
  socket.resume();
  const start = performance.now();
  await once(socket, 'close');
  return performance.now() - start;
}
