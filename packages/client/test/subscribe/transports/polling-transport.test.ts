import { getEventListeners } from 'node:events';
import type { ServerFrame } from '@trending/schemas/frames';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pollingTransport } from '../../../src/subscribe/transports/polling-transport.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };
const request = { endpoint: 'https://gateway.test', board, limit: 20 };

describe('polling', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function poll(answer: () => Response) {
    const heard: string[] = [];
    const signals: AbortSignal[] = [];
    const waits: (number | undefined)[] = [];
    vi.stubGlobal('fetch', async (_url: string, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return answer();
    });
    const link = pollingTransport.open(request, {
      onFrame: (frame: ServerFrame) => heard.push(frame.type === 'error' ? frame.code : frame.type),
      onClosed: (reason, retryAfterMs) => {
        heard.push(reason);
        waits.push(retryAfterMs);
      },
    });
    return { heard, link, signals, waits };
  }

  test('for long adds up to no listeners', async () => {
    const { heard, link, signals } = poll(() => new Response(null, { status: 304 }));
    await vi.advanceTimersByTimeAsync(20_500);
    expect(heard).toHaveLength(11);
    const [signal] = signals;
    expect(signal && getEventListeners(signal, 'abort')).toHaveLength(1);
    link.close();
    expect(signal && getEventListeners(signal, 'abort')).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    [401, 'bad-token'],
    [404, 'unknown-board'],
  ])('tells what the gateway refuses, then ends: %i', async (status, code) => {
    const { heard } = poll(() =>
      Response.json({ type: `/docs/errors.md#${code}`, detail: 'No.' }, { status }),
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toEqual([code, `Error: the gateway answered ${status}`]);
  });

  test.each([429, 503])('passes on when to ask again: %i', async (status) => {
    const { waits } = poll(() => new Response('', { status, headers: { 'retry-after': '17' } }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(waits).toEqual([17_000]);
  });

  test('takes the refusal of a proxy for one', async () => {
    const { heard } = poll(() => new Response('<h1>Forbidden</h1>', { status: 403 }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toEqual(['bad-request', 'Error: the gateway answered 403']);
  });
});
