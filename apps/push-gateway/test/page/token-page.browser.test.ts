import type { FrameItem } from '@trending/schemas/frames';
import { expect, test } from 'vitest';
import { item } from './support/boards.ts';
import { pageBench } from './support/opened-page.ts';
import { explanation } from './support/service.ts';

const bench = pageBench();
const shown = item(2);
const [chain = '', address = ''] = shown.token.split(':');
const path = `/token/${chain}/${address}`;
const minute = 60_000;

function standing(window: string, rank: number) {
  const times = { asOf: new Date().toISOString(), scoredAt: new Date().toISOString() };
  const formula = { id: 'trending', version: 1, hash: 'h' };
  const board = { formula, window, scope: 'all', epoch: 1, seq: 1, ...times, receivedAt: null };
  return { board, places: 72, item: restItem(shown, rank) };
}

function restItem(frame: FrameItem, rank: number) {
  const { name, symbol, categories, integrityMicro, scoreMicro } = frame;
  const metadata = { name, symbol, categories, logoUri: null };
  const numbers = { score: scoreMicro / 1e6, sigma: null, integrity: integrityMicro / 1e6 };
  const since = new Date(0).toISOString();
  return { ...frame, rank, delta: 0, isNew: false, chain, address, since, metadata, ...numbers };
}

function answerStandings(): void {
  bench.gateway.answers.set(`/api/v1/tokens/${address}`, () => {
    const standings = [standing('1h', 3), standing('5m', 5)];
    const { metadata } = restItem(shown, 3);
    return { status: 200, body: { token: shown.token, chain, address, metadata, standings } };
  });
}

function answerHistory(): string[] {
  const asked: string[] = [];
  bench.gateway.answers.set(`/api/v1/tokens/${address}/history`, ({ searchParams }) => {
    const { from = '', to = '', step = '' } = Object.fromEntries(searchParams);
    asked.push(step);
    const at = new Date(Math.floor(Date.parse(to) / minute) * minute - minute).toISOString();
    const points = [{ at, views: 7, visitors: 5, bestRank: 3 }];
    const head = { token: shown.token, step, from, to, window: '1h', formula: 'trending' };
    return { status: 200, body: { ...head, points } };
  });
  return asked;
}

test('shows where the token stands, why, and its history', async () => {
  answerStandings();
  const asked = answerHistory();
  const { page } = await bench.open(path);
  await page
    .getByRole('heading', { name: shown.symbol ?? '' })
    .first()
    .waitFor();
  const cards = page.locator('.window');
  await expect.poll(() => cards.locator('.big').allTextContents()).toEqual(['#5', '#3', '–', '–']);
  expect(await page.locator('.parts li').count()).toBe(4);
  await page.locator('.history[data-state=shown] canvas').waitFor();
  expect(await page.title()).toContain(shown.symbol);
  await page.getByRole('button', { name: '7d' }).click();
  await expect.poll(() => asked).toEqual(['1m', '1h']);
});

test('shows what is usual for the place it explains, and does without where nobody can say', async () => {
  answerStandings();
  answerHistory();
  const asked: string[] = [];
  bench.gateway.answers.set(`/api/v1/tokens/${address}/explain`, ({ search }) => {
    asked.push(search);
    return { status: 200, body: explanation(shown.token) };
  });
  const { page } = await bench.open(path);
  const table = page.getByRole('table', { name: 'What is usual here' });
  await table.waitFor();
  expect(await table.getByRole('row', { name: 'Visitors not counted' }).textContent()).toContain(
    '118 of 530',
  );
  expect(asked[0]).toBe(`?chain=${chain}&window=1h&formula=trending&scope=all`);
  bench.gateway.answers.delete(`/api/v1/tokens/${address}/explain`);
  await page.reload();
  await expect.poll(() => page.locator('.parts li').count()).toBe(4);
  expect(await table.count()).toBe(0);
});

test('without the history the rest of the page stands', async () => {
  answerStandings();
  bench.gateway.answers.set(`/api/v1/tokens/${address}/history`, () => ({
    status: 503,
    body: { title: 'unavailable', detail: 'ClickHouse is away' },
  }));
  const { page } = await bench.open(path);
  await page.getByText('The history is away right now.').waitFor();
  await expect.poll(() => page.locator('.window .big').first().textContent()).toBe('#5');
});

test('a token nobody knows is told in the words of the gateway', async () => {
  bench.gateway.answers.set(`/api/v1/tokens/${address}`, () => ({
    status: 404,
    body: { title: 'not found', detail: 'No board holds it' },
  }));
  const { page } = await bench.open(path);
  await page.getByRole('alert').getByText('No board holds it').waitFor();
});

test('fits 360 px without scrolling sideways', async () => {
  answerStandings();
  answerHistory();
  const { page } = await bench.open(path, { viewport: { width: 360, height: 800 } });
  await page.locator('.history[data-state=shown] canvas').waitFor();
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
  ).toBeLessThanOrEqual(0);
});
