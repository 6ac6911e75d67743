import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { board, reordered } from './support/boards.ts';
import { type OpenedPage, pageBench } from './support/opened-page.ts';
import { answerAll, pages } from './support/service.ts';

const bench = pageBench();
const names = Object.keys(pages) as (keyof typeof pages)[];

beforeEach(() => {
  bench.gateway.items = board(20);
  answerAll(bench.gateway);
});

/** What tells that a page is complete. */
const complete: Readonly<Record<keyof typeof pages, string>> = {
  board: 'trending-tokens [data-token]',
  compare: '#ranks[data-state=shown] canvas',
  developers: '#channels article',
  operations: '#latency-bars li',
  token: '.history[data-state=shown] canvas',
};

async function openComplete(name: keyof typeof pages, options = {}): Promise<Page> {
  const { page } = await bench.open(pages[name], options);
  await page.locator(complete[name]).first().waitFor();
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  return page;
}

/** Runs in the page: names of the serious findings with the places they are found at. */
async function serious(): Promise<string[]> {
  const { axe: runner } = globalThis as unknown as { axe: typeof axe };
  const { violations } = await runner.run(document, { resultTypes: ['violations'] });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${JSON.stringify(target)}`));
}

describe('accessibility', () => {
  test.each(names.flatMap((name) => [[name, 'light'] as const, [name, 'dark'] as const]))(
    'axe finds nothing serious on the %s page, %s',
    async (name, colorScheme) => {
      const page = await openComplete(name, { colorScheme, reducedMotion: 'reduce' });
      if (process.env['SCREENSHOTS'] === '1')
        await page.screenshot({ path: `artifacts/${name}-${colorScheme}.png`, fullPage: true });
      await page.evaluate(axe.source);
      expect(await page.evaluate(serious)).toEqual([]);
    },
  );

  test('axe would find something', async () => {
    const page = await openComplete('developers');
    await page.evaluate(() => document.querySelector('html')?.removeAttribute('lang'));
    await page.evaluate(axe.source);
    expect(await page.evaluate(serious)).toEqual([expect.stringContaining('html-has-lang')]);
  });
});

test.each(names)('the %s page fits 360 px without scrolling sideways', async (name) => {
  const page = await openComplete(name, { viewport: { width: 360, height: 800 } });
  if (process.env['SCREENSHOTS'] === '1')
    await page.screenshot({ path: `artifacts/${name}-360.png`, fullPage: true });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

/** Runs before the page's scripts: adds up what moved without being asked to. */
function watchShifts(): void {
  const shifts: { value: number; from: string }[] = [];
  Object.assign(globalThis, { shifts });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, sources } = entry as unknown as {
        value: number;
        sources: { node?: Element }[];
      };
      const from = sources.map(({ node }) => `${node?.nodeName}#${node?.id}.${node?.className}`);
      shifts.push({ value, from: from.join(' ') });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

test.each(names.flatMap((name) => [[name, 1_280] as const, [name, 360] as const]))(
  'nothing on the %s page moves while it loads and changes, at %d px',
  async (name, width) => {
    const viewport = { width, height: 900 };
    const { page } = await bench.open('/livez', { viewport });
    await page.addInitScript(watchShifts);
    await page.goto(bench.gateway.url + pages[name]);
    await page.locator(complete[name]).first().waitFor();
    bench.gateway.publish(reordered([...bench.gateway.items].reverse()));
    // Shifts are reported after the frame they happen in.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    const shifts = (await page.evaluate('shifts')) as { value: number; from: string }[];
    const total = shifts.reduce((sum, { value }) => sum + value, 0);
    // What rounds to 0.00: words of another width in a pill or table, never a row or a card.
    expect(total, JSON.stringify(shifts)).toBeLessThan(0.005);
  },
);

/** As a live board does it: one climbs by eleven places, one falls by seven, their neighbours make room. */
function overtaken<T>(items: readonly T[]): T[] {
  const moved = items.toSpliced(12, 1).toSpliced(1, 0, items[12]!);
  return moved.toSpliced(3, 1).toSpliced(10, 0, moved[3]!);
}

/** The board page with a hundred rows. */
async function openLong(): Promise<OpenedPage> {
  const rounds = Array.from({ length: 5 }, (_, round) =>
    board(20).map((entry) => ({ ...entry, token: `${entry.token}${round}` })),
  );
  bench.gateway.items = reordered(rounds.flat());
  const opened = await bench.open('/livez');
  await opened.page.addInitScript(watchShifts);
  await opened.page.goto(bench.gateway.url);
  await opened.page
    .locator('trending-tokens')
    .evaluate((element) => Object.assign(element, { limit: 100 }));
  await opened.rows.nth(99).waitFor();
  return opened;
}

test('rows that overtake each other, in mid glide too, are no layout shift', async () => {
  const { page } = await openLong();
  await page.evaluate('shifts.length = 0');
  for (let version = 0; version < 6; version += 1) {
    bench.gateway.publish(reordered(overtaken(bench.gateway.items)));
    await page.waitForTimeout(200);
  }
  const shifts = (await page.evaluate('shifts')) as { value: number; from: string }[];
  const total = shifts.reduce((sum, { value }) => sum + value, 0);
  expect(total, JSON.stringify(shifts)).toBeLessThan(0.005);
});

test('a new version of a long board is shown everywhere, in its order', async () => {
  const { page, tokens } = await openLong();
  bench.gateway.publish(reordered([...bench.gateway.items].reverse()));
  const newest = bench.gateway.items.map(({ token }) => token);
  await expect.poll(tokens).toEqual(newest);
  const ranks = await page.locator(`${complete.board} .rank`).allTextContents();
  expect(ranks).toEqual(newest.map((_, place) => String(place + 1)));
});
