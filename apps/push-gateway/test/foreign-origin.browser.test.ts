import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { renderBoard } from '@trending/client/server';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { shownTokens } from '../../../test/support/page.ts';
import { launchBrowser, noBrowser } from './page/support/browser.ts';
import { Site } from './page/support/site.ts';
import { boardOf, tokens } from './support/boards.ts';
import { startGateway, type TestGateway } from './support/test-gateway.ts';

const pageRoot = fileURLToPath(new URL('../dist/page', import.meta.url));
const five = tokens(5);
const up = [five[4], ...five.slice(0, 4)] as string[];

let browser: Browser | undefined;
let site: Site;
let gateway: TestGateway;
let blocked: string[] = [];

beforeAll(async () => {
  if (noBrowser !== undefined) return;
  await promisify(execFile)(process.execPath, [
    fileURLToPath(new URL('../build-page.ts', import.meta.url)),
  ]);
  browser = await launchBrowser();
});
afterAll(() => browser?.close());
beforeEach(async (context) => {
  if (noBrowser !== undefined) context.skip(noBrowser);
  blocked = [];
  site = new Site();
  await site.start();
});
afterEach(async () => {
  await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  await Promise.all([site.stop(), gateway.stop()]);
});

/** The real gateway with its security headers, and a site on another origin under a strict policy of its own. */
async function serve(allowedOrigins: string): Promise<void> {
  gateway = await startGateway({ pageRoot, env: { ALLOWED_ORIGINS: allowedOrigins } });
  await gateway.publish(boardOf(five, { seq: 1 }));
  const fallback = renderBoard({
    board: { formula: 'trending', window: '1h', scope: 'all' },
    asOf: 0,
    items: boardOf(five).items,
  });
  site.pages.set(
    '/',
    `<!doctype html><title>Shop</title><h1>Shop</h1>
     <script type="module" src="${gateway.url}/embed/v1/trending-tokens.js"></script>
     <trending-tokens endpoint="${gateway.url}" limit="5">${fallback}</trending-tokens>`,
  );
  const socket = gateway.url.replace('http', 'ws');
  site.contentPolicy = `default-src 'none'; script-src ${gateway.url}; connect-src ${gateway.url} ${socket}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types lit-html`;
}

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  if (browser === undefined) throw new Error('no browser');
  const page = await (await browser.newContext(options)).newPage();
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML/i.test(message.text())) blocked.push(message.text());
  });
  await page.goto(site.url);
  return page;
}

describe('a site on another origin, under a strict content policy', () => {
  test('shows the board, and its ranks move', async () => {
    await serve(site.url);
    const page = await open();
    await expect.poll(() => shownTokens(page)).toEqual(five);
    await gateway.publish(boardOf(up, { seq: 2 }));
    await expect.poll(() => shownTokens(page)).toEqual(up);
    expect(await page.locator('[part=pill]').getAttribute('data-status')).toBe('live');
    expect(blocked).toEqual([]);
  });

  test('that is not on the allow-list is told so, with what to do', async () => {
    await serve('https://another.example');
    const page = await open();
    const alert = page.getByRole('alert');
    await alert.getByText(`${site.url} may not show boards`).waitFor();
    expect(await alert.textContent()).toContain('ALLOWED_ORIGINS');
    expect(await shownTokens(page)).toEqual([]);
  });

  test('shows what a server rendered where no script runs', async () => {
    await serve('*');
    const page = await open({ javaScriptEnabled: false });
    const table = page.getByRole('table', { name: 'Trending tokens, last 1h' });
    await table.waitFor();
    expect(await table.getByRole('row').count()).toBe(6);
    expect(await table.getByRole('link').first().isVisible()).toBe(true);
  });

  test('shows the rendered board until the live one takes its place', async () => {
    await serve('*');
    const page = await open();
    await expect.poll(() => shownTokens(page)).toEqual(five);
    expect(await page.locator('trending-tokens > table').isVisible()).toBe(false);
  });
});

describe('boards as plain pages', () => {
  beforeEach(() => serve('*'));

  test('the live page without scripts shows the board of its gateway', async () => {
    if (browser === undefined) throw new Error('no browser');
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await page.goto(gateway.url);
    const frame = page.frameLocator('trending-tokens iframe');
    await frame.getByRole('link').first().waitFor();
    expect(await frame.getByRole('row').count()).toBe(6);
  });

  test('a site on another origin frames the board, where no script runs', async () => {
    site.contentPolicy = `default-src 'none'; frame-src ${gateway.url}`;
    site.pages.set(
      '/',
      `<!doctype html><title>Shop</title><iframe title="Trending" src="${gateway.url}/embed/v1/board.html"></iframe>`,
    );
    const page = await open({ javaScriptEnabled: false });
    const frame = page.frameLocator('iframe');
    await frame.getByRole('link').first().waitFor({ timeout: 5_000 });
    expect(await frame.getByRole('row').count()).toBe(6);
  });

  test('a page and a fragment for servers to include, cached by version', async () => {
    const document = await fetch(`${gateway.url}/embed/v1/board.html?limit=2`);
    const text = await document.text();
    expect(text).toMatch(/^<!doctype html>/);
    expect(text.match(/data-token=/g)).toHaveLength(2);
    const etag = document.headers.get('etag') ?? '';
    const again = await fetch(`${gateway.url}/embed/v1/board.html`, {
      headers: { 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
    const fragment = await fetch(
      `${gateway.url}/embed/v1/board-fragment.html?tokenBase=https://shop.test/t`,
    );
    expect(await fragment.text()).toMatch(
      /^<table[\s\S]*href="https:\/\/shop.test\/t\/eth\/0x0001"/,
    );
  });

  test.each(['tokenBase=javascript:alert(1)', 'window=2h', 'limit=0', 'scope=chain:nowhere'])(
    'a question that makes no sense is refused: %s',
    async (query) => {
      const { status, headers } = await fetch(`${gateway.url}/embed/v1/board.html?${query}`);
      expect([400, 404]).toContain(status);
      expect(headers.get('content-type')).toContain('application/problem+json');
    },
  );
});
