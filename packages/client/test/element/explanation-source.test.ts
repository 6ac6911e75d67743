import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ExplanationSource } from '../../src/element/explanation-source.ts';
import { explanation } from './support/explanation.ts';

const asked = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const board = { formula: 'trending', window: '1h', scope: 'chain:eth' };
const question = { endpoint: 'https://gateway.test', accessToken: undefined, board };
const one = { ...question, token: 'eth:0x1' };
const other = { ...question, token: 'ton:0:ab' };

beforeEach(() => vi.stubGlobal('fetch', asked));
afterEach(() => {
  asked.mockReset();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Lets answers that are there arrive. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function source() {
  const onAnswer = vi.fn<() => void>();
  return { onAnswer, explanations: new ExplanationSource(onAnswer) };
}

test('a place is asked about once while its board stays as it is, and again two seconds later when it does not', async () => {
  asked.mockImplementation(async () => Response.json(explanation()));
  const { onAnswer, explanations } = source();
  const steps = [
    ['1.1', 0, 1],
    ['1.1', 9_000, 1],
    ['1.2', 9_001, 2],
    ['1.3', 9_002, 2],
    ['1.4', 11_001, 3],
  ] as const;
  for (const [version, now, calls] of steps) {
    explanations.follow(one, version, now);
    await settle();
    expect(asked, version).toHaveBeenCalledTimes(calls);
  }
  expect(explanations.answer).toEqual(explanation());
  expect(onAnswer).toHaveBeenCalledTimes(3);
});

test('a board that changed too soon after a question is asked about all the same, though nothing renders it again', async () => {
  vi.useFakeTimers({ now: 0 });
  asked.mockImplementation(async () => Response.json(explanation()));
  const render = () => explanations.follow(one, version, Date.now());
  const explanations = new ExplanationSource(() => render());
  let version = '1.1';
  render();
  await vi.advanceTimersByTimeAsync(500);
  version = '1.2';
  render();
  render();
  await vi.advanceTimersByTimeAsync(1_499);
  expect(asked).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledTimes(2);
  version = '1.3';
  render();
  version = '1.4';
  render();
  explanations.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked.mock.calls.length, vi.getTimerCount()]).toEqual([3, 0]);
});

test('the question names the board and the token, and goes with the access token', async () => {
  asked.mockImplementation(async () => Response.json(explanation()));
  const { explanations } = source();
  explanations.follow({ ...other, accessToken: 'mine' }, '1.1', 0);
  const [url, init] = asked.mock.calls[0]!;
  expect(url).toBe(
    'https://gateway.test/api/v1/tokens/0%3Aab/explain?chain=ton&window=1h&formula=trending&scope=chain%3Aeth',
  );
  expect(init.headers).toEqual({ authorization: 'Bearer mine' });
});

test('what was said of one place is not shown for another, nor does its late answer count', async () => {
  const late = Promise.withResolvers<Response>();
  asked.mockReturnValueOnce(late.promise).mockImplementation(async () => {
    return Response.json(explanation({ token: other.token }));
  });
  const { onAnswer, explanations } = source();
  explanations.follow(one, '1.1', 0);
  explanations.follow(other, '1.1', 1);
  expect(asked.mock.calls[0]?.[1].signal?.aborted).toBe(true);
  await settle();
  late.resolve(Response.json(explanation()));
  await settle();
  expect(explanations.answer?.token).toBe(other.token);
  expect(onAnswer).toHaveBeenCalledOnce();
  explanations.follow(one, '1.1', 2);
  expect(explanations.answer).toBeUndefined();
});

test('a gateway that cannot say leaves what it said before; nothing is left when nobody looks', async () => {
  asked.mockResolvedValueOnce(Response.json(explanation()));
  asked.mockResolvedValueOnce(new Response('', { status: 404 }));
  asked.mockRejectedValueOnce(new TypeError('network'));
  const { onAnswer, explanations } = source();
  for (const [version, now] of [
    ['1.1', 0],
    ['1.2', 3_000],
    ['1.3', 6_000],
  ] as const) {
    explanations.follow(one, version, now);
    await settle();
    expect(explanations.answer).toEqual(explanation());
  }
  expect([asked, onAnswer].map(({ mock }) => mock.calls.length)).toEqual([3, 1]);
  explanations.stop();
  expect(explanations.answer).toBeUndefined();
});
