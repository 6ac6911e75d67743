import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TrendingTokens } from '../../src/element/trending-tokens.ts';

const opened = vi.fn();
const sockets: { onopen?: () => void; sent: string[] }[] = [];

beforeEach(() => {
  vi.stubGlobal('fetch', () => new Promise(() => undefined));
  vi.stubGlobal(
    'WebSocket',
    class {
      readonly sent: string[] = [];
      constructor(url: string) {
        opened(url);
        sockets.push(this);
      }
      send(text: string): void {
        this.sent.push(text);
      }
      close(): void {}
    },
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  opened.mockClear();
  sockets.length = 0;
});

/** What Lit does before every rendering, on the page or not. */
function update(isConnected: boolean, limit = 20): void {
  const element = new TrendingTokens();
  element.limit = limit;
  element.endpoint = 'https://gateway.test';
  Object.defineProperty(element, 'isConnected', { value: isConnected });
  (element as unknown as { willUpdate(changed: Map<string, unknown>): void }).willUpdate(new Map());
  sockets.at(-1)?.onopen?.();
  element.disconnectedCallback();
}

test('an element on the page follows its board', () => {
  update(true);
  expect(opened).toHaveBeenCalledExactlyOnceWith('wss://gateway.test/ws/trending');
});

test('an update that comes after the element has left the page connects nobody', () => {
  update(false);
  expect(opened).not.toHaveBeenCalled();
});

test.each([
  [Number('abc'), 20],
  [0, 1],
  [500, 100],
])('a limit of %s asks the gateway for %i rows', (limit, asked) => {
  update(true, limit);
  expect(JSON.parse(sockets[0]?.sent[0] ?? '')).toMatchObject({ type: 'subscribe', limit: asked });
});
