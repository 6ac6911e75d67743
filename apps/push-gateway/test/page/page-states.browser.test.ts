import { describe, expect, test } from 'vitest';
import { board, reordered } from './support/boards.ts';
import { pageBench } from './support/opened-page.ts';

const bench = pageBench();

describe('the states of the board', () => {
  test('loading shows grey rows of the final size, and says so to screen readers', async () => {
    bench.gateway.isMute = true;
    const { page, pill } = await bench.open();
    await expect.poll(() => page.locator('.skeleton').count()).toBe(20);
    expect(await pill.getAttribute('data-status')).toBe('connecting');
    expect(await page.locator('#board').getAttribute('aria-busy')).toBe('true');
  });

  test('an empty board says what must happen', async () => {
    bench.gateway.items = [];
    const { page } = await bench.open();
    await page.getByText('Nothing trends here yet').waitFor();
    expect(await page.locator('#board').getAttribute('aria-busy')).toBe('false');
  });

  test('a refused board is an alert in the words of the gateway, with another try', async () => {
    bench.gateway.refusal = 'There is no window 2h; choose 5m, 1h, 6h or 24h.';
    const { page, rows } = await bench.open('/?window=2h');
    await page.getByRole('alert').getByText('There is no window 2h').waitFor();
    bench.gateway.refusal = undefined;
    await page.getByRole('button', { name: 'Try again' }).click();
    await rows.nth(9).waitFor();
  });

  test('a lost gateway is shown, the rows stay, and the board goes on where it was', async () => {
    const { rows, pill, tokens } = await bench.open();
    await rows.nth(9).waitFor();
    const before = await tokens();
    await bench.gateway.stop();
    await expect.poll(() => pill.getAttribute('data-status')).toBe('reconnecting');
    expect(await tokens()).toEqual(before);
    const resumed = bench.gateway.nextSubscribe();
    await bench.gateway.start();
    expect((await resumed).since).toEqual({ epoch: 1, seq: 1 });
    await expect.poll(() => pill.getAttribute('data-status')).toBe('live');
    bench.gateway.publish(reordered([...bench.gateway.items].reverse()));
    await expect.poll(tokens).toEqual(before.toReversed());
  });

  test('no network is shown as offline, and left at once when it is back', async () => {
    const { page, rows, pill } = await bench.open();
    await rows.nth(9).waitFor();
    await page.context().setOffline(true);
    await expect.poll(() => pill.getAttribute('data-status')).toBe('offline');
    await page.context().setOffline(false);
    await expect.poll(() => pill.getAttribute('data-status')).toBe('live');
  });

  test('a board that stands still is stale', async () => {
    const { rows, pill } = await bench.open();
    await rows.nth(9).waitFor();
    bench.gateway.heartbeat(600_000);
    await expect.poll(() => pill.getAttribute('data-status')).toBe('stale');
  });

  test('the pill shows the time from view to screen, and changes are told politely', async () => {
    const { page, rows, pill } = await bench.open();
    await rows.nth(9).waitFor();
    bench.gateway.publish(
      bench.gateway.items.map((entry) => ({ ...entry })),
      Date.now() - 200,
    );
    await expect
      .poll(async () => {
        bench.gateway.publish(
          bench.gateway.items.map((entry) => ({ ...entry })),
          Date.now() - 200,
        );
        return Number(/(\d+) ms/.exec((await pill.textContent()) ?? '')?.[1]);
      })
      .toBeGreaterThanOrEqual(200);
    const told = page.locator('[aria-live=polite]');
    await expect.poll(() => told.textContent()).toContain('Trending now: PEPE');
  });
});

describe('the look', () => {
  test('follows the system, until the visitor chooses', async () => {
    const { page, rows } = await bench.open('/', { colorScheme: 'dark' });
    await rows.nth(9).waitFor();
    const brightness = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element) => {
          const [red = 0] =
            getComputedStyle(element).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
          return red;
        });
    expect(await brightness('body')).toBeLessThan(40);
    expect(await brightness('trending-tokens .frame')).toBeLessThan(40);
    await page.getByRole('button', { name: 'Switch between light and dark' }).click();
    await expect.poll(() => brightness('trending-tokens .frame')).toBeGreaterThan(240);
    expect(await brightness('body')).toBeGreaterThan(240);
    await page.reload();
    await expect.poll(() => brightness('trending-tokens .frame')).toBeGreaterThan(240);
  });

  test.each([360, 768, 1024])('fits %d px without scrolling sideways', async (width) => {
    const { page, rows } = await bench.open('/', { viewport: { width, height: 800 } });
    await rows.nth(9).waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    const score = await rows.first().getByRole('button', { name: 'why?' }).boundingBox();
    expect((score?.x ?? 0) + (score?.width ?? 0)).toBeLessThanOrEqual(width);
  });

  test.each([1280, 360])(
    'moves nothing while it loads and while ranks change, at %d px',
    async (width) => {
      const { gateway } = bench;
      gateway.items = board(20);
      gateway.answers.set('/config.json', () => ({
        status: 200,
        body: { demoUrl: gateway.url, publishUrl: null, version: '1' },
      }));
      const { page, rows } = await bench.open('/', { viewport: { width, height: 900 } });
      await rows.nth(19).waitFor();
      const shift = page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            let total = 0;
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries())
                total += (entry as unknown as { value: number }).value;
            }).observe({ type: 'layout-shift', buffered: true });
            setTimeout(() => resolve(total), 1_500);
          }),
      );
      bench.gateway.publish(reordered([...bench.gateway.items].reverse()));
      expect(await shift).toBeLessThan(0.02);
    },
  );
});
