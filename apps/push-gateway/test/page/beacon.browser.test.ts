import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { launchBrowser, noBrowser } from './support/browser.ts';
import { FakeProducer } from './support/fake-producer.ts';
import { Site, scriptOf } from './support/site.ts';

const address = '0x6982508145454ce325ddbe47a25d4ec3d2311933';
let browser: Browser | undefined;
let script = '';
let site: Site;
let producer: FakeProducer;

beforeAll(async () => {
  if (noBrowser !== undefined) return;
  browser = await launchBrowser();
  script = await scriptOf(`
    import { reportView } from '@trending/client/beacon';
    const query = new URLSearchParams(location.search);
    const tokens = (query.get('token') ?? '').split(',');
    globalThis.heard = [];
    globalThis.startedAt = performance.now();
    globalThis.report = () => reportView({
      endpoint: query.get('endpoint'),
      address: query.get('address'),
      chain: 'eth',
      source: 'web',
      afterMs: Number(query.get('after')),
      ...(query.has('token') && { viewToken: async () => tokens.length > 1 ? tokens.shift() : tokens[0] }),
      onSent: () => globalThis.heard.push('sent'),
      onRefused: ({ status, detail }) => globalThis.heard.push(status + ' ' + detail),
    });
    globalThis.leave = report();`);
});
afterAll(() => browser?.close());
beforeEach(async (context) => {
  if (noBrowser !== undefined) context.skip(noBrowser);
  [site, producer] = [new Site(), new FakeProducer()];
  await Promise.all([site.start(), producer.start()]);
  site.pages.set(
    '/map',
    '<!doctype html><title>Map</title><script type="module" src="/map.js"></script>',
  );
  site.pages.set('/map.js', script);
  site.pages.set('/other', '<!doctype html><title>Other</title>');
});
afterEach(async () => {
  await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  await Promise.all([site.stop(), producer.stop()]);
});

async function open(
  after: number | string,
  prepare?: (page: Page) => Promise<unknown>,
  more: Record<string, string> = {},
): Promise<Page> {
  if (browser === undefined) throw new Error('no browser');
  const page = await (await browser.newContext()).newPage();
  await prepare?.(page);
  await page.goto(mapUrl(after, address, more));
  return page;
}

const mapUrl = (after: number | string, token = address, more: Record<string, string> = {}) =>
  `${site.url}/map?${new URLSearchParams({ endpoint: producer.url, address: token, after: `${after}`, ...more })}`;

/** Runs in the page before its scripts: lets a test say whether the page is seen. */
function takeOverVisibility(): void {
  let state = 'hidden';
  Object.defineProperty(document, 'visibilityState', { get: () => state });
  Object.assign(globalThis, {
    see(next: string) {
      state = next;
      document.dispatchEvent(new Event('visibilitychange'));
    },
  });
}

const see = (page: Page, state: 'visible' | 'hidden') => page.evaluate(`see('${state}')`);
const told = () => expect.poll(() => producer.views.length);

test('a seen map is told once, across origins, with the time it was visible', async () => {
  await open(300);
  await told().toBe(1);
  const [view] = producer.views;
  expect(view).toMatchObject({
    path: `/api/v1/tokens/${address}/view`,
    type: 'application/json',
    body: { chain: 'eth', source: 'web' },
  });
  expect(view?.body['dwellMs']).toBeGreaterThanOrEqual(290);
  expect(view?.body['eventId']).toMatch(/^[0-9a-f-]{14}7/);
});

test('who leaves the page sooner is told while leaving', async () => {
  const page = await open(60_000);
  await page.evaluate('leave');
  await page.goto(`${site.url}/other`);
  await told().toBe(1);
  expect(producer.views[0]?.body['dwellMs']).toBeLessThan(60_000);
});

test('a closed tab is told', async () => {
  const page = await open(60_000);
  await page.evaluate('leave');
  await page.close({ runBeforeUnload: true });
  await told().toBe(1);
});

test('the same token again within half a minute is the same view, another one is not', async () => {
  const page = await open(0);
  await told().toBe(1);
  await page.reload();
  await page.goto(mapUrl(0, '0xaaaa508145454ce325ddbe47a25d4ec3d2311933'));
  await told().toBe(2);
  expect(new Set(producer.views.map(({ path }) => path)).size).toBe(2);
});

test('a page that nobody saw is not told; time in the background does not count', async () => {
  const page = await open('Infinity', (fresh) => fresh.addInitScript(takeOverVisibility));
  await page.goto(`${site.url}/other`);
  await page.goto(mapUrl('Infinity'));
  await see(page, 'visible');
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  await see(page, 'hidden');
  await told().toBe(1);
  expect(producer.views[0]?.body['dwellMs']).toBeLessThan(5_000);
});

test('a view that the service could not take is told again with the same content', async () => {
  producer.statuses.push(503);
  const page = await open(0, (fresh) => fresh.addInitScript(takeOverVisibility));
  await see(page, 'visible');
  await told().toBe(1);
  // The answer must have reached the page before it is hidden.
  await expect
    .poll(async () => {
      await see(page, 'hidden');
      await see(page, 'visible');
      return producer.views.length;
    })
    .toBe(2);
  expect(producer.views[0]).toEqual(producer.views[1]);
});

test('a page that changes its content ends the view itself', async () => {
  const page = await open(60_000);
  await page.waitForFunction('performance.now() - startedAt > 150');
  await page.evaluate('leave(), leave()');
  await told().toBe(1);
  expect(producer.views[0]?.body['dwellMs']).toBeGreaterThanOrEqual(100);
});

test('a view that is ended the moment it began is none, and does not stand in the way of the next', async () => {
  const page = await open(60_000);
  await page.evaluate('leave = report(), leave(), leave = report(), startedAt = performance.now()');
  await page.waitForFunction('performance.now() - startedAt > 150');
  await page.evaluate('leave()');
  await told().toBe(1);
  expect(producer.views[0]?.body['dwellMs']).toBeGreaterThanOrEqual(100);
});

test('a browser without keepalive sends a beacon: no time, the same id rules', async () => {
  await open(0, (fresh) =>
    fresh.addInitScript(() => Reflect.deleteProperty(Request.prototype, 'keepalive')),
  );
  await told().toBe(1);
  expect(producer.views[0]?.path).toMatch(/\/view\?eventId=[0-9a-f-]{36}&chain=eth&source=web$/);
});

test('a view token reaches the service, from a page that is left at once too', async () => {
  const page = await open(60_000, undefined, { token: 'abc' });
  await page.evaluate('leave');
  await page.goto(`${site.url}/other`);
  await expect.poll(() => producer.views.at(-1)?.viewToken).toBe('abc');
});

test('a view whose token ran out early is sent again with a new one, by a page that is hidden too', async () => {
  producer.statuses.push(401);
  const page = await open('Infinity', (fresh) => fresh.addInitScript(takeOverVisibility), {
    token: 'old,new',
  });
  await see(page, 'visible');
  await see(page, 'hidden');
  await expect.poll(() => page.evaluate('heard')).toEqual(['sent']);
  const [first, second] = producer.views;
  expect([first?.viewToken, second?.viewToken]).toEqual(['old', 'new']);
  expect(second?.body).toEqual(first?.body);
});

test('a refused view is told to the page as refused, and not again', async () => {
  producer.statuses.push(401);
  const page = await open(0, (fresh) => fresh.addInitScript(takeOverVisibility));
  await see(page, 'visible');
  await expect.poll(() => page.evaluate('heard')).toEqual(['401 status 401']);
  await see(page, 'hidden');
  await see(page, 'visible');
  expect(producer.views).toHaveLength(1);
});

test('the real service takes the view token that it gave for this page, and no other', async () => {
  const { producerUrl, apiKey } = inject('stack');
  const answer = await fetch(`${producerUrl}/api/v1/view-tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ origin: site.url, address, chain: 'eth' }),
  });
  expect(answer.status).toBe(201);
  const { token } = (await answer.json()) as { token: string };
  const heardWith = async (shown: string) => {
    const page = await open(0, undefined, { endpoint: producerUrl, token: shown });
    await page.waitForFunction('heard.length > 0');
    return page.evaluate('heard');
  };
  expect(await heardWith(`${token}x`)).toEqual([expect.stringMatching(/^401 .*token/)]);
  expect(await heardWith(token)).toEqual(['sent']);
});
