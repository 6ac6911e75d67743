import { until } from '@trending/runtime/testing';
import { expect, test } from 'vitest';
import { launchBrowser, noBrowser } from '../apps/push-gateway/test/page/support/browser.ts';
import { busyPorts, portsAt, processIsAlive } from '../tools/local-stack/preflight/index.mjs';
import { freeOffset, launch } from '../tools/local-stack/test/support/launch.ts';
import { shownTokens } from './support/page.ts';

const promisedMs = 10_000;
const rowsShown = 20;

test('with demo traffic the page moves by itself within seconds, and Ctrl-C ends everything under its eyes', async (context) => {
  if (noBrowser !== undefined) return context.skip(noBrowser);
  const browser = await launchBrowser();
  const { child, ended, ready } = launch([`--port-offset=${await freeOffset()}`]);
  try {
    const stack = await ready;
    const readyAt = performance.now();
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${stack.gatewayUrl}/`);
    const fullBoard = { timeoutMs: promisedMs, what: `${rowsShown} rows` };
    const before = await until(fullBoard, async () => {
      const tokens = await shownTokens(page);
      return tokens.length === rowsShown ? tokens.join() : undefined;
    });
    await until({ timeoutMs: promisedMs, what: 'a move on the board' }, async () =>
      (await shownTokens(page)).join() === before ? undefined : true,
    );
    expect(performance.now() - readyAt).toBeLessThan(promisedMs);

    const asked = performance.now();
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(performance.now() - asked).toBeLessThan(promisedMs);
    const pids = Object.values(stack.services).map(({ pid }) => pid ?? Number.NaN);
    expect(pids).toHaveLength(7);
    expect(pids.filter(processIsAlive)).toEqual([]);
    expect(await busyPorts(portsAt(stack.offset))).toEqual([]);
  } finally {
    child.kill('SIGTERM');
    await Promise.all([ended, browser.close()]);
  }
});
