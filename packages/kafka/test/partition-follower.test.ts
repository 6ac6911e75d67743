import { createServer, type Socket } from 'node:net';
import { createLatch } from '@trending/runtime/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { PartitionFollower } from '../src/partition-follower.ts';
import { quietLogger } from './support/quiet-logger.ts';

/** What the follower says so many ms from now. */
function problemIn(follower: PartitionFollower, ms: number): string | undefined {
  const at = performance.now() + ms;
  const clock = vi.spyOn(performance, 'now').mockReturnValue(at);
  try {
    return follower.problem();
  } finally {
    clock.mockRestore();
  }
}

/** A follower of a broker that takes its question and never answers, once it was asked. */
async function unanswered(): Promise<PartitionFollower> {
  const asked = createLatch();
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).once('data', () => asked.open());
  });
  const listening = createLatch();
  server.listen(0, '127.0.0.1', () => listening.open());
  await listening.opened;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const follower = new PartitionFollower(
    { brokers: [`127.0.0.1:${address.port}`], clientId: 'test', logger: quietLogger },
    { topic: 'boards', partition: 0, from: 0, isCompacted: true },
    { from: 0, batch: async () => undefined, crashed: () => undefined },
  );
  onTestFinished(async () => {
    const stopped = follower.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
    await stopped;
  });
  await asked.opened;
  return follower;
}

test('a follower whose broker takes its question and never answers says so after ten seconds, until it is stopped', async () => {
  const follower = await unanswered();
  expect(problemIn(follower, 9_000)).toBeUndefined();
  expect(problemIn(follower, 11_000)).toMatch(/^reading boards\/0 has had no answer for 1\d s$/);
});

test('a stop does not wait for an answer', async () => {
  const follower = await unanswered();
  await follower.stop();
  expect(follower.problem()).toBeUndefined();
});
