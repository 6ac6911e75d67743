import type { ServerFrame } from '@trending/schemas/frames';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isOriginRefused, tellingRefusal } from '../../src/subscribe/telling-refusal.ts';
import { ScriptedTransport } from './support/scripted-transport.ts';

const endpoint = 'https://gateway.test';
const board = { formula: 'trending', window: '1h', scope: 'all' };
const heartbeat = { type: 'heartbeat', board, epoch: 1, seq: 1, asOf: 0, staleMs: 0 } as const;

beforeEach(() => vi.stubGlobal('location', { origin: 'https://shop.test' }));
afterEach(() => vi.unstubAllGlobals());

function opened(isRefused: () => Promise<boolean>, { hidesAnswers = false } = {}) {
  const scripted = Object.assign(new ScriptedTransport(), { hidesAnswers });
  const heard: string[] = [];
  const link = tellingRefusal(scripted, isRefused).open(
    { endpoint, board, limit: 20, accessToken: 'secret' },
    {
      onFrame: (frame: ServerFrame) => heard.push(frame.type === 'error' ? frame.code : frame.type),
      onClosed: (reason) => heard.push(`closed: ${reason}`),
    },
  );
  return { scripted, link, heard };
}

describe('a connection that ended', () => {
  test('before anything was heard is a refused origin when the gateway answers others', async () => {
    const { scripted, heard } = opened(async () => true);
    scripted.newest.break();
    await vi.waitFor(() => expect(heard).toEqual(['origin-not-allowed', 'closed: broken']));
  });

  test('before anything was heard is just that when the gateway is away', async () => {
    const { scripted, heard } = opened(async () => false);
    scripted.newest.break();
    await vi.waitFor(() => expect(heard).toEqual(['closed: broken']));
  });

  test('after a frame asks nothing', () => {
    const { scripted, heard } = opened(() => Promise.reject(new Error('asked')));
    scripted.newest.send(heartbeat);
    scripted.newest.break();
    expect(heard).toEqual(['heartbeat', 'closed: broken']);
  });

  test('to the page’s own origin asks nothing', () => {
    vi.stubGlobal('location', { origin: endpoint });
    const { scripted, heard } = opened(() => Promise.reject(new Error('asked')));
    scripted.newest.break();
    expect(heard).toEqual(['closed: broken']);
  });

  test.each([
    [401, 'token-expired', ['token-expired', 'closed: broken']],
    [404, 'unknown-board', ['unknown-board', 'closed: broken']],
    [503, 'catching-up', ['closed: broken']],
  ])('over a transport that cannot say why is asked about: %i', async (status, code, told) => {
    vi.stubGlobal('location', { origin: endpoint });
    const asked = vi.fn(async (_url: string, _init: RequestInit) =>
      Response.json({ type: `/docs/errors.md#${code}`, detail: 'No.' }, { status }),
    );
    vi.stubGlobal('fetch', asked);
    const { scripted, heard } = opened(async () => false, { hidesAnswers: true });
    scripted.newest.break();
    await vi.waitFor(() => expect(heard).toEqual(told));
    expect(asked).toHaveBeenCalledOnce();
    expect(asked.mock.calls[0]?.[0]).toMatch(/^https:.*\/api\/v1\/tokens\/trending\?window=1h&/);
    expect(asked.mock.calls[0]?.[1].headers).toEqual({ authorization: 'Bearer secret' });
  });

  test('is not told to who closed it meanwhile', async () => {
    const answer = Promise.withResolvers<boolean>();
    const { scripted, link, heard } = opened(() => answer.promise);
    scripted.newest.break();
    link.close();
    answer.resolve(true);
    await answer.promise;
    await Promise.resolve();
    expect(heard).toEqual([]);
    expect(scripted.newest.isClosed).toBe(true);
  });
});

test.each([
  ['answers nobody', [], false],
  ['answers, but not this page', ['no-cors'], true],
  ['answers this page', ['no-cors', 'cors'], false],
])('a gateway that %s', async (_, answered, isRefused) => {
  vi.stubGlobal('fetch', async (_url: string, { mode }: RequestInit) => {
    if (!answered.includes(mode ?? '')) throw new TypeError('Failed to fetch');
    return new Response();
  });
  expect(await isOriginRefused(endpoint)).toBe(isRefused);
});
