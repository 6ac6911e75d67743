import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Transport } from '../../../src/subscribe/transport.ts';
import { sseTransport } from '../../../src/subscribe/transports/sse-transport.ts';
import { webSocketTransport } from '../../../src/subscribe/transports/web-socket-transport.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };

afterEach(() => vi.unstubAllGlobals());

function forbidden() {
  return class {
    constructor() {
      throw new DOMException('An insecure connection may not be made.', 'SecurityError');
    }
  };
}

function opened(transport: Transport, accessToken?: string) {
  const closed: string[] = [];
  const link = transport.open(
    { endpoint: 'https://gateway.test', board, limit: 20, ...(accessToken && { accessToken }) },
    { onFrame: () => undefined, onClosed: (reason) => closed.push(reason) },
  );
  return { closed, link };
}

describe.each([
  ['WebSocket', webSocketTransport],
  ['EventSource', sseTransport],
])('a %s that the browser forbids', (name, transport) => {
  test('is a link that closes after it was handed over', async () => {
    vi.stubGlobal(name, forbidden());
    const { closed, link } = opened(transport);
    expect(closed).toEqual([]);
    link.requestSnapshot();
    await Promise.resolve();
    expect(closed).toEqual(['SecurityError: An insecure connection may not be made.']);
  });

  test('says nothing once it is closed', async () => {
    vi.stubGlobal(name, forbidden());
    const { closed, link } = opened(transport);
    link.close();
    await Promise.resolve();
    expect(closed).toEqual([]);
  });
});

test.each([
  ['v1.abc.d-e_f~', 'bearer.v1.abc.d-e_f~'],
  ['a/b+c==', 'bearer64.YS9iK2M9PQ'],
  ['one, two', 'bearer64.b25lLCB0d28'],
  ['schlüssel?', 'bearer64.c2NobMO8c3NlbD8'],
])('the access token %s is offered as the protocol %s', (accessToken, protocol) => {
  const offered: (readonly string[])[] = [];
  vi.stubGlobal(
    'WebSocket',
    class {
      constructor(_url: string, protocols: readonly string[]) {
        offered.push(protocols);
      }
    },
  );
  opened(webSocketTransport, accessToken);
  expect(offered).toEqual([['trending.v1', protocol]]);
});

test('an event stream ends with the reason that the gateway gave', () => {
  class Stream extends EventTarget {
    onerror: () => void = () => undefined;
    close(): void {}
    constructor() {
      super();
      streams.push(this);
    }
  }
  const streams: Stream[] = [];
  vi.stubGlobal('EventSource', Stream);
  const heard = ['{"reason":"shutdown"}', '{', undefined].map((data) => {
    const { closed } = opened(sseTransport);
    if (data !== undefined) streams.at(-1)?.dispatchEvent(new MessageEvent('bye', { data }));
    streams.at(-1)?.onerror();
    return closed;
  });
  expect(heard).toEqual([['shutdown'], ['event stream ended'], ['event stream ended']]);
});
