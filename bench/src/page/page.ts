import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { type BenchResult, median, progress, quantile, type Row, verdict } from '../harness.ts';
import type { WatchedFrames } from './frame-watch.ts';
import { PageSite, rowsShown, type SitePage } from './page-site.ts';

const { CHROMIUM_PATH: executablePath = '/usr/bin/chromium' } = process.env;
export const hasBrowser = existsSync(executablePath);

export interface PageSettings {
  readonly rounds: number;
  /** Root of another checkout, whose element is measured in turn with this one's. */
  readonly beside: string | undefined;
}

const changeEveryMs = 250;
const settleMs = 2_000;
const watchMs = 6_000;

interface Measured {
  readonly 'frames/s': number;
  readonly 'p50 frame ms': number;
  readonly 'p95 frame ms': number;
  readonly 'long tasks, ms/s': number;
  readonly 'layout shift a second': number;
  readonly 'main thread, CPU ms/s': number;
  readonly 'whole browser, CPU ms/s': number;
}

/** Frames of a page with 100 rows that all change four times a second, beside an empty page's: what this machine can draw at all. */
export async function page({ rounds, beside }: PageSettings): Promise<BenchResult> {
  if (!hasBrowser)
    throw new Error(
      `no Chromium at ${executablePath}: apt-get install chromium, or set CHROMIUM_PATH`,
    );
  const here = fileURLToPath(new URL('../../../', import.meta.url));
  const pages: SitePage[] = [{ path: '/empty' }];
  if (beside !== undefined) pages.push({ path: '/beside', element: await elementOf(beside) });
  pages.push({ path: '/element', element: await elementOf(here) });
  const site = new PageSite(pages);
  site.change(changeEveryMs);
  await site.start();
  const browser = await launch();
  const found = pages.map((): Measured[] => []);
  try {
    for (let round = -1; round < rounds; round += 1)
      for (const [i, { path, element }] of pages.entries()) {
        const measured = await measure(browser, site.url + path, element !== undefined);
        progress(`${path} round ${round}: ${measured['frames/s'].toFixed(1)} frames/s`);
        if (round >= 0) found[i]?.push(measured);
      }
  } finally {
    await browser.close();
    await site.stop();
  }
  return resultOf(pages.map(nameOf), found);
}

function nameOf({ path }: SitePage): string {
  if (path === '/empty') return 'empty page';
  const which = path === '/beside' ? 'element of the other checkout' : 'element';
  return `${which}, ${rowsShown} rows changing`;
}

function resultOf(names: readonly string[], found: readonly (readonly Measured[])[]): BenchResult {
  const units = Object.keys(found[0]?.[0] ?? {}) as (keyof Measured)[];
  const rows = units.flatMap((unit) =>
    names.map((name, i): Row => {
      const own = (found[i] ?? []).map((measured) => measured[unit]);
      const ratios = own.map((figure, round) => figure / (found[0]?.[round]?.[unit] ?? Number.NaN));
      const [min, max] = [Math.min(...own), Math.max(...own)];
      return { name, unit, median: median(own), min, max, ratio: median(ratios) };
    }),
  );
  const fps = rows[names.length - 1];
  return {
    name: 'page',
    rows,
    verdicts: [
      verdict('60 frames a second with 100 rows changing', fps?.median ?? Number.NaN, {
        atLeast: 59,
      }),
      verdict('as many frames as an empty page in the same run', fps?.ratio ?? Number.NaN, {
        atLeast: 0.98,
      }),
    ],
  };
}

async function elementOf(root: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}/packages/client/src/element/index.ts`],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'chrome123',
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}

function launch(): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
  ];
  return chromium.launch({ executablePath, args });
}

async function measure(browser: Browser, url: string, hasBoard: boolean): Promise<Measured> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const shown = await context.newPage();
    await shown.goto(url);
    if (hasBoard)
      await shown
        .locator('[data-token]')
        .nth(rowsShown - 1)
        .waitFor();
    await shown.waitForTimeout(settleMs);
    return await watched(browser, shown);
  } finally {
    await context.close();
  }
}

async function watched(browser: Browser, shown: Page): Promise<Measured> {
  const [whole, own] = await Promise.all([
    browser.newBrowserCDPSession(),
    shown.context().newCDPSession(shown),
  ]);
  // CPU time instead of time passed: other work on the machine does not count.
  await own.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await cpuOf(whole, own);
  const { frameMs, longTaskMs, shifts }: WatchedFrames = await shown.evaluate(
    `watchFrames(${watchMs})`,
  );
  const after = await cpuOf(whole, own);
  await whole.detach();
  const seconds = frameMs.reduce((sum, ms) => sum + ms, 0) / 1_000;
  return {
    'frames/s': frameMs.length / seconds,
    'p50 frame ms': quantile(frameMs, 0.5),
    'p95 frame ms': quantile(frameMs, 0.95),
    'long tasks, ms/s': longTaskMs.reduce((sum, ms) => sum + ms, 0) / seconds,
    'layout shift a second': shifts.reduce((sum, shift) => sum + shift, 0) / seconds,
    'main thread, CPU ms/s': (after.mainMs - before.mainMs) / seconds,
    'whole browser, CPU ms/s': (after.wholeMs - before.wholeMs) / seconds,
  };
}

async function cpuOf(whole: CDPSession, own: CDPSession) {
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  const { metrics } = await own.send('Performance.getMetrics');
  const main = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  const wholeMs = processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1_000, 0);
  return { mainMs: main * 1_000, wholeMs };
}
