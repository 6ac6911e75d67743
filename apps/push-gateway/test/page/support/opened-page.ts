import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { board } from './boards.ts';
import { launchBrowser, noBrowser } from './browser.ts';
import { FakeGateway } from './fake-gateway.ts';

const buildScript = fileURLToPath(new URL('../../../build-page.ts', import.meta.url));

export interface OpenedPage {
  readonly page: Page;
  readonly rows: Locator;
  readonly pill: Locator;
  tokens(): Promise<string[]>;
}

export interface PageBench {
  /** A new one for every test, with ten places on its board. */
  gateway: FakeGateway;
  open(path?: string, options?: BrowserContextOptions): Promise<OpenedPage>;
}

/**
 * The built page in a real browser before a gateway that speaks its frames. Fails a test on any script error and on
 * anything the content policy had to block. Skips, with the reason, where there is no browser.
 */
export function pageBench(): PageBench {
  let browser: Browser | undefined;
  let complaints: string[] = [];
  const bench: PageBench = { gateway: new FakeGateway([]), open };

  beforeAll(async () => {
    if (noBrowser !== undefined) return;
    await promisify(execFile)(process.execPath, [buildScript]);
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async (context) => {
    if (noBrowser !== undefined) context.skip(noBrowser);
    complaints = [];
    bench.gateway = new FakeGateway(board(10));
    await bench.gateway.start();
  });
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
    await bench.gateway.stop();
    if (complaints.length > 0) throw new Error(`the page complained:\n${complaints.join('\n')}`);
  });

  async function open(path = '/', options: BrowserContextOptions = {}): Promise<OpenedPage> {
    if (browser === undefined) throw new Error('no browser');
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Lit/.test(message.text())) complaints.push(message.text());
    });
    await page.goto(bench.gateway.url + path);
    const rows = page.locator('trending-tokens [data-token]');
    const tokens = () =>
      rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-token') ?? ''));
    return { page, rows, pill: page.locator('[part=pill]'), tokens };
  }
  return bench;
}
