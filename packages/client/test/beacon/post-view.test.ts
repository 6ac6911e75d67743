import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bodyOf, postView } from '../../src/beacon/post-view.ts';
import { createViewTokenSource } from '../../src/beacon/view-token.ts';

const options = {
  endpoint: 'https://publish.test/',
  address: '0x/1',
  chain: 'eth',
  partnerId: 'p',
};
const view = { eventId: 'id', body: bodyOf(options, 'id', 7), viewToken: undefined };
const sent = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => vi.stubGlobal('fetch', sent));
afterEach(() => {
  sent.mockReset();
  vi.unstubAllGlobals();
});

describe('a view that is posted', () => {
  test.each([
    ['text', 'abc'],
    ['a promise', Promise.resolve('abc')],
  ])('carries its view token, given as %s', async (_what, viewToken) => {
    sent.mockResolvedValue(new Response('{}', { status: 202 }));
    expect(await postView(options, { ...view, viewToken })).toEqual({ kind: 'sent' });
    const [url, init] = sent.mock.calls[0] ?? [];
    expect(url).toBe('https://publish.test/api/v1/tokens/0x%2F1/view');
    expect(init?.headers).toEqual({
      'content-type': 'application/json',
      'x-trending-view-token': 'abc',
    });
    expect(JSON.parse(String(init?.body))).toMatchObject({ partnerId: 'p', dwellMs: 7 });
  });

  test('leaves with the page: a token at hand delays it by no turn', () => {
    sent.mockResolvedValue(new Response('{}', { status: 202 }));
    void postView(options, { ...view, viewToken: 'abc' });
    expect(sent).toHaveBeenCalledOnce();
  });

  test('is refused with what the problem says', async () => {
    sent.mockResolvedValue(Response.json({ detail: 'No token.' }, { status: 401 }));
    const refused = { kind: 'refused', status: 401, detail: 'No token.' };
    expect(await postView(options, view)).toEqual(refused);
    sent.mockResolvedValue(new Response('<html>', { status: 403 }));
    expect(await postView(options, view)).toMatchObject({ status: 403, detail: 'status 403' });
  });

  test.each([408, 425, 429, 500, 503])('may be tried again after %i', async (status) => {
    sent.mockResolvedValue(new Response('', { status }));
    expect(await postView(options, view)).toEqual({ kind: 'later' });
  });

  test('may be tried again when the line breaks or no token came', async () => {
    sent.mockRejectedValueOnce(new TypeError('network'));
    expect(await postView(options, view)).toEqual({ kind: 'later' });
    const viewToken = Promise.reject(new Error('backend away'));
    expect(await postView(options, { ...view, viewToken })).toEqual({ kind: 'later' });
    expect(sent).toHaveBeenCalledOnce();
  });
});

describe('the source of view tokens', () => {
  test('has a token at hand that was asked for early, and asks anew for the next try', async () => {
    const asked = vi.fn(async () => `token ${asked.mock.calls.length}`);
    const source = createViewTokenSource(asked);
    source.ask();
    source.ask();
    await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce());
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.take()).toBe('token 1');
    expect(await source.take()).toBe('token 2');
  });

  test('gives a text as it is, and nothing for nothing', () => {
    expect(createViewTokenSource('abc').take()).toBe('abc');
    expect(createViewTokenSource(undefined).take()).toBeUndefined();
  });

  test('hands over what its function throws', async () => {
    const source = createViewTokenSource(() => {
      throw new Error('backend away');
    });
    source.ask();
    await expect(source.take()).rejects.toThrow('backend away');
  });
});
