import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BoardOptions } from '../../src/element/board-options.ts';
import { OptionsSource } from '../../src/element/options-source.ts';

const asked = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const question = { endpoint: 'https://gateway.test', accessToken: undefined };
const boards = () => Response.json({ scopes: ['all', 'chain:eth'], formulas: [] });
const catchingUp = () => new Response('', { status: 503 });

beforeEach(() => vi.stubGlobal('fetch', asked));
afterEach(() => {
  asked.mockReset();
  vi.unstubAllGlobals();
});

/** Lets answers that are there arrive. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function source() {
  const answers: BoardOptions[] = [];
  return { answers, options: new OptionsSource((options) => answers.push(options)) };
}

test('the filters are asked for once, however often the element renders', async () => {
  asked.mockImplementation(async () => boards());
  const { answers, options } = source();
  for (const isLive of [false, false, true, true]) {
    options.follow(question, isLive, 0);
    await settle();
  }
  options.follow(question, true, 1_000_000);
  expect(answers).toEqual([{ chains: ['eth'], categories: [], formulas: [] }]);
  expect(asked).toHaveBeenCalledOnce();
});

test('a gateway that is still catching up is asked again once the board is live', async () => {
  asked.mockResolvedValueOnce(catchingUp()).mockRejectedValueOnce(new TypeError('network'));
  asked.mockImplementation(async () => boards());
  const { answers, options } = source();
  options.follow(question, false, 0);
  await settle();
  options.follow(question, false, 1);
  expect(asked).toHaveBeenCalledTimes(1);
  options.follow(question, true, 2);
  await settle();
  // Live all along: not at every rendering.
  options.follow(question, true, 3);
  expect(asked).toHaveBeenCalledTimes(2);
  options.follow(question, true, 60_000);
  await settle();
  expect(asked).toHaveBeenCalledTimes(3);
  expect(answers).toHaveLength(1);
});

test('an answer that fails after the board has gone live is asked for again', async () => {
  asked.mockResolvedValueOnce(catchingUp()).mockResolvedValue(boards());
  const { answers, options } = source();
  options.follow(question, false, 0);
  options.follow(question, true, 1);
  await settle();
  options.follow(question, true, 2);
  await settle();
  expect(answers).toHaveLength(1);
});

test('the access token goes with the question, and another one asks anew', async () => {
  asked.mockImplementation(async () => boards());
  const { answers, options } = source();
  options.follow({ ...question, accessToken: 'one' }, true, 0);
  options.follow({ ...question, accessToken: 'two' }, true, 0);
  await settle();
  expect(asked.mock.calls.map(([url, init]) => [url, init.headers])).toEqual([
    ['https://gateway.test/api/v1/boards', { authorization: 'Bearer one' }],
    ['https://gateway.test/api/v1/boards', { authorization: 'Bearer two' }],
  ]);
  // Only the answer to the newest question counts.
  expect(answers).toHaveLength(1);
});

test('what another gateway told is not shown for one that says nothing', async () => {
  asked.mockResolvedValueOnce(boards()).mockResolvedValue(catchingUp());
  const { answers, options } = source();
  options.follow(question, true, 0);
  await settle();
  options.follow({ ...question, endpoint: 'https://other.test' }, true, 1);
  await settle();
  expect(answers).toEqual([
    { chains: ['eth'], categories: [], formulas: [] },
    { chains: [], categories: [], formulas: [] },
  ]);
});
