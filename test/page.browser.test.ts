import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { launchBrowser, noBrowser } from '../apps/push-gateway/test/page/support/browser.ts';
import { shownTokens } from './support/page.ts';
import { freshToken, publishSurely, viewsOf } from './support/pipeline.ts';
import { restartService } from './support/stack.ts';

const stack = inject('stack');
const query = 'window=5m&formula=views';
const poll = { timeout: 30_000, interval: 250 };

let browser: Browser | undefined;
beforeAll(async () => {
  if (noBrowser === undefined) browser = await launchBrowser();
});
afterAll(() => browser?.close());
beforeEach((context) => {
  if (noBrowser !== undefined) context.skip(noBrowser);
});
afterEach(async () => {
  await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
});

async function openPage(path = `/?${query}`): Promise<Page> {
  if (browser === undefined) throw new Error('no browser');
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(stack.gatewayUrl + path);
  return page;
}

async function restItems(): Promise<{ token: string; rawViews: number }[]> {
  const answer = await fetch(`${stack.gatewayUrl}/api/v1/tokens/trending?${query}&limit=20`);
  return ((await answer.json()) as { items: { token: string; rawViews: number }[] }).items;
}

const restTokens = async () => (await restItems()).map(({ token }) => token);

const statusOf = (page: Page) => page.locator('[part=pill]').getAttribute('data-status');

describe('the page on the real stack', () => {
  test('shows the rows of the REST answer in its order', async () => {
    const tokens = [5, 4, 3].map((views) => ({ views, token: freshToken() }));
    for (const { views, token } of tokens) await publishSurely(stack, viewsOf(token, views));
    const page = await openPage();
    await expect
      .poll(async () => (await shownTokens(page)).join() === (await restTokens()).join(), poll)
      .toBe(true);
    expect((await shownTokens(page)).length).toBeGreaterThanOrEqual(3);
    await page.screenshot({ path: 'artifacts/page-live.png' });
  });

  test('a spike climbs to the top before the eyes, and its latency is measured', async () => {
    const token = freshToken();
    await publishSurely(stack, viewsOf(freshToken(), 30));
    const page = await openPage();
    await expect.poll(() => statusOf(page), poll).toBe('live');
    await publishSurely(stack, viewsOf(token, 2));
    // Other tests share the stack: whatever leads, this is more.
    const leading = (await restItems())[0]?.rawViews ?? 0;
    for (let views = 0; views <= leading; views += 500)
      await publishSurely(stack, viewsOf(token, 500));
    await expect.poll(async () => (await shownTokens(page))[0], poll).toBe(token.token);
    await expect.poll(() => page.locator('[part=latency]').textContent(), poll).toMatch(/\d/);
    await page.screenshot({ path: 'artifacts/page-spike.png' });
  });

  test('a restarted gateway is survived: the page says so, comes back, and follows on', async () => {
    const page = await openPage();
    await expect.poll(() => statusOf(page), poll).toBe('live');
    const lost = page.locator('[part=pill][data-status=reconnecting]').waitFor();
    await Promise.all([restartService(stack, 'push-gateway'), lost]);
    await expect.poll(() => statusOf(page), poll).toBe('live');
    const token = freshToken();
    await publishSurely(stack, viewsOf(token, 1_000));
    await expect.poll(() => shownTokens(page), poll).toContain(token.token);
    await page.screenshot({ path: 'artifacts/page-reconnected.png' });
  });

  test('a token has its own page with its places and its history', async () => {
    const token = freshToken();
    await publishSurely(stack, viewsOf(token, 300));
    const page = await openPage(`/token/${token.chain}/${token.address}`);
    await page.locator('.window .big', { hasText: '#' }).first().waitFor();
    await expect
      .poll(async () => {
        const state = await page.locator('.history').getAttribute('data-state');
        // A click asks again, so one that comes too soon would only cut off the answer to the one before.
        const isAnswered = state !== 'loading' && state !== 'shown';
        if (isAnswered) await page.getByRole('button', { name: '1h', exact: true }).click();
        return state;
      }, poll)
      .toBe('shown');
    await page.screenshot({ path: 'artifacts/page-token.png' });
  });
});
