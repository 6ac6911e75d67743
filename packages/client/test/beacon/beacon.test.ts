import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { reportView } from '../../src/beacon/index.ts';

const posted = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const heard: string[] = [];
let page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
/** One a test, for the same one again within half a minute is the same view. */
let address = 0;

beforeEach(() => {
  vi.useFakeTimers();
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const around = new EventTarget();
  vi.stubGlobal('fetch', posted);
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', around.addEventListener.bind(around));
  vi.stubGlobal('removeEventListener', around.removeEventListener.bind(around));
  address += 1;
});
afterEach(() => {
  posted.mockReset();
  heard.length = 0;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const answers = (...statuses: readonly number[]) => {
  for (const status of statuses)
    posted.mockImplementationOnce(async () => Response.json({ detail: 'No.' }, { status }));
};
const report = (viewToken: NonNullable<Parameters<typeof reportView>[0]['viewToken']>) => {
  reportView({
    endpoint: 'https://publish.test',
    address: `0x${address}`,
    viewToken,
    onSent: () => heard.push('sent'),
    onRefused: ({ status }) => heard.push(`refused ${status}`),
  });
  return vi.advanceTimersByTimeAsync(2_000);
};
const hideAndShow = async () => {
  for (const state of ['hidden', 'visible']) {
    page.visibilityState = state;
    page.dispatchEvent(new Event('visibilitychange'));
  }
  await vi.advanceTimersByTimeAsync(2_000);
};
const tokensShown = () =>
  posted.mock.calls.map(([, init]) => new Headers(init.headers).get('x-trending-view-token'));
const bodies = () => posted.mock.calls.map(([, { body }]) => body);

describe('a view whose token the service does not believe', () => {
  test.each([401, 403])('is sent again at once with a new one after %i', async (status) => {
    const asked = vi.fn(async () => `token ${asked.mock.calls.length}`);
    answers(status, 202);
    await report(asked);
    expect(tokensShown()).toEqual(['token 1', 'token 2']);
    expect(bodies()[1]).toBe(bodies()[0]);
    expect(heard).toEqual(['sent']);
  });

  test('is refused when the new one is not believed either, and not sent a third time', async () => {
    const asked = vi.fn(async () => 'token');
    answers(401, 403);
    await report(asked);
    await hideAndShow();
    expect(asked).toHaveBeenCalledTimes(2);
    expect(heard).toEqual(['refused 403']);
    expect(posted).toHaveBeenCalledTimes(2);
  });

  test('gets one new token, however often the view is tried', async () => {
    answers(401, 503, 401);
    const asked = vi.fn(async () => 'token');
    await report(asked);
    await hideAndShow();
    expect(heard).toEqual(['refused 401']);
    expect(posted).toHaveBeenCalledTimes(3);
  });

  test('waits for the next turn of the page when no new one comes', async () => {
    answers(401, 202);
    const asked = vi.fn(async () => 'token').mockResolvedValueOnce('old');
    asked.mockRejectedValueOnce(new Error('backend away'));
    await report(asked);
    expect(heard).toEqual([]);
    await hideAndShow();
    expect(tokensShown()).toEqual(['old', 'token']);
    expect(heard).toEqual(['sent']);
  });

  test('is refused when its token is a text, for there is no other', async () => {
    answers(401);
    await report('abc');
    expect(posted).toHaveBeenCalledOnce();
    expect(heard).toEqual(['refused 401']);
  });

  test('is refused without asking when it is not the token that is wrong', async () => {
    answers(422);
    const asked = vi.fn(async () => 'token');
    await report(asked);
    expect(asked).toHaveBeenCalledOnce();
    expect(heard).toEqual(['refused 422']);
  });
});

test('a view token that never comes is given up, and asked for anew with the next try', async () => {
  answers(202);
  const signals: AbortSignal[] = [];
  const asked = vi.fn(async (signal: AbortSignal) => {
    signals.push(signal);
    return signals.length === 1 ? await new Promise<string>(() => undefined) : 'late';
  });
  await report(asked);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(signals[0]?.aborted).toBe(true);
  await hideAndShow();
  expect(tokensShown()).toEqual(['late']);
  expect(heard).toEqual(['sent']);
  expect(signals[1]?.aborted).toBe(false);
});
