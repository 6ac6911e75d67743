import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { calm, type RequestQueue } from '../src/request-queues.ts';

const require = createRequire(import.meta.url);
const path = require.resolve('kafkajs/src/network/requestQueue');

interface Pushed {
  readonly entry: {
    readonly correlationId: number;
    readonly apiName: string;
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly resolve: (answer: unknown) => void;
    readonly reject: (error: Error) => void;
  };
  readonly expectResponse: boolean;
  readonly sendRequest: () => void;
}

interface Queue extends RequestQueue {
  push(pushed: Pushed): void;
  fulfillRequest(answer: { correlationId: number; payload: Buffer; size: number }): void;
}

/** kafkajs' own class, whoever changed it in this process before. */
function freshClass(): new (settings: object) => Queue {
  const replaced = require.cache[path];
  delete require.cache[path];
  const fresh = require(path) as new (settings: object) => Queue;
  if (replaced !== undefined) require.cache[path] = replaced;
  return fresh;
}

const noLogger = { debug: () => undefined, warn: () => undefined };

function queueOf(QueueClass: new (settings: object) => Queue) {
  const connection = { isConnected: true };
  const queue = new QueueClass({
    ...{ maxInFlightRequests: 1, requestTimeout: 4_000, enforceRequestTimeout: true },
    ...{ clientId: 'test', broker: 'none', logger: noLogger },
    isConnected: () => connection.isConnected,
  });
  queue.scheduleRequestTimeoutCheck();
  let next = 0;
  const sent: number[] = [];
  const ask = () => {
    const correlationId = next++;
    return new Promise((resolve, reject) =>
      queue.push({
        entry: { correlationId, apiName: 'Fetch', apiKey: 1, apiVersion: 11, resolve, reject },
        expectResponse: true,
        sendRequest: () => sent.push(correlationId),
      }),
    );
  };
  const answer = (correlationId: number) =>
    queue.fulfillRequest({ correlationId, payload: Buffer.alloc(0), size: 0 });
  return { queue, connection, sent, ask, answer };
}

/** Timers that fire within a second; those of one millisecond wake a process together. */
function momentsInASecond(): number {
  const end = Date.now() + 1_000;
  const moments = new Set<number>();
  while (vi.getTimerCount() > 0) {
    vi.advanceTimersToNextTimer();
    if (Date.now() > end) break;
    moments.add(Date.now());
  }
  return moments.size;
}

describe('request queues of kafkajs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function calmClass() {
    const QueueClass = freshClass();
    calm(QueueClass.prototype);
    return QueueClass;
  }

  test('as they come, turn the event loop every millisecond after the first answer', async () => {
    const { ask, answer, queue } = queueOf(freshClass());
    const asked = ask();
    answer(0);
    await asked;
    expect(momentsInASecond()).toBeGreaterThan(500);
    queue.destroy();
  });

  test('many at once turn it ten times a second, and not at all once they are gone', async () => {
    const QueueClass = calmClass();
    const queues = Array.from({ length: 20 }, () => queueOf(QueueClass));
    for (const { ask, answer } of queues) {
      const asked = ask();
      answer(0);
      await asked;
    }
    expect(momentsInASecond()).toBeLessThanOrEqual(11);
    for (const { connection } of queues) connection.isConnected = false;
    vi.advanceTimersByTime(200);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of a version that is not known are left alone, with an error', () => {
    expect(() => calm({} as RequestQueue)).toThrow(/Pin that version/);
  });

  test('send what waits for its turn', async () => {
    const { ask, answer, sent } = queueOf(calmClass());
    const answered = Promise.all([ask(), ask()]);
    expect(sent).toEqual([0]);
    answer(0);
    expect(sent).toEqual([0, 1]);
    answer(1);
    await answered;
  });

  test('give up what is not answered in time', async () => {
    const { ask } = queueOf(calmClass());
    const refused = expect(ask()).rejects.toThrow(/timed out/);
    vi.advanceTimersByTime(3_900);
    vi.advanceTimersByTime(300);
    await refused;
  });
});
