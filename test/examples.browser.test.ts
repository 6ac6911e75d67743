import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { launchBrowser, noBrowser } from '../apps/push-gateway/test/page/support/browser.ts';
import { Site, scriptOf } from '../apps/push-gateway/test/page/support/site.ts';
import { shownTokens } from './support/page.ts';
import { clickhouseShows, freshToken, publishSurely, viewsOf } from './support/pipeline.ts';

const stack = inject('stack');
const poll = { timeout: 30_000, interval: 250 };
const read = (path: string) => readFile(new URL(`../examples/${path}`, import.meta.url), 'utf8');

let browser: Browser | undefined;
let site: Site;
beforeAll(async () => {
  if (noBrowser === undefined) browser = await launchBrowser();
});
afterAll(() => browser?.close());
beforeEach(async (context) => {
  if (noBrowser !== undefined) context.skip(noBrowser);
  site = new Site();
  await site.start();
});
afterEach(async () => {
  await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  await site.stop();
});

async function open(path: string): Promise<Page> {
  if (browser === undefined) throw new Error('no browser');
  const page = await (await browser.newContext()).newPage();
  await page.goto(site.url + path);
  return page;
}

/** Enough to be among the ten most viewed of the tests' stack; a request takes a thousand at most. */
async function publishMany(token: ReturnType<typeof freshToken>): Promise<void> {
  for (let round = 0; round < 3; round += 1) await publishSurely(stack, viewsOf(token, 1_000));
}

test('the plain page shows the live board of another origin and reports its view', async () => {
  const [shown, seen] = [freshToken(), freshToken()];
  await publishMany(shown);
  const text = await read('html/index.html');
  site.pages.set(
    '/',
    text
      .replaceAll('http://127.0.0.1:3000', stack.producerUrl)
      .replaceAll('http://127.0.0.1:3002', stack.gatewayUrl)
      .replace(/0x[0-9a-f]{40}/, seen.address),
  );
  const page = await open('/');
  await expect.poll(() => shownTokens(page), poll).toContain(shown.token);
  await clickhouseShows(stack, seen.token, 1);
});

test('the React page shows the live board and reports its view once, StrictMode or not', async () => {
  const [shown, seen] = [freshToken(), freshToken()];
  await publishMany(shown);
  site.pages.set('/', await read('react/index.html'));
  site.pages.set('/app.js', await scriptOf(await read('react/app.tsx'), 'tsx'));
  const query = { gateway: stack.gatewayUrl, publish: stack.producerUrl, token: seen.token };
  const page = await open(`/?${new URLSearchParams(query)}`);
  const row = page.locator(`li[data-token="${shown.token}"]`);
  await row.waitFor({ timeout: 30_000 });
  await expect.poll(() => row.textContent(), poll).toContain(': 3000 views');
  await publishSurely(stack, viewsOf(shown, 50));
  await expect.poll(() => row.textContent(), poll).toContain(': 3050 views');
  await clickhouseShows(stack, seen.token, 1);
});
