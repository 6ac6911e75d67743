import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TrendingTokens } from '../../src/element/trending-tokens.ts';

const opened = vi.fn();

beforeEach(() => {
  vi.stubGlobal('fetch', () => new Promise(() => undefined));
  vi.stubGlobal(
    'WebSocket',
    class {
      constructor(url: string) {
        opened(url);
      }
      close(): void {}
    },
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  opened.mockClear();
});

/** What Lit does before every rendering, on the page or not. */
function update(isConnected: boolean): void {
  const element = new TrendingTokens();
  element.endpoint = 'https://gateway.test';
  Object.defineProperty(element, 'isConnected', { value: isConnected });
  (element as unknown as { willUpdate(changed: Map<string, unknown>): void }).willUpdate(new Map());
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
