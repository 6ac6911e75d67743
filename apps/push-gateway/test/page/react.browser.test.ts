import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { board, reordered, tokenKeys } from './support/boards.ts';
import { launchBrowser, noBrowser } from './support/browser.ts';
import { FakeGateway } from './support/fake-gateway.ts';
import { Site, scriptOf } from './support/site.ts';

/** Two lists of one board and a button that takes them away, under StrictMode, hydrated over what a server rendered. */
const source = `
  import { StrictMode, useState } from 'react';
  import { hydrateRoot } from 'react-dom/client';
  import { useBoard } from '@trending/client/react';

  const endpoint = new URLSearchParams(location.search).get('endpoint');
  const initial = JSON.parse(document.getElementById('initial').textContent);

  function List({ limit, name }) {
    const { items, status, error } = useBoard({ endpoint, limit, initial });
    return <ol id={name} data-status={status} data-error={error?.message}>
      {items.map(({ token }) => <li key={token}>{token}</li>)}
    </ol>;
  }
  function App() {
    const [isShown, setShown] = useState(true);
    return <main>
      <button onClick={() => setShown(!isShown)}>toggle</button>
      {isShown && <><List name="short" limit={3} /><List name="long" limit={10} /></>}
    </main>;
  }
  globalThis.complaints = [];
  hydrateRoot(document.getElementById('root'), <StrictMode><App /></StrictMode>, {
    onRecoverableError: (error) => globalThis.complaints.push(String(error)),
  });`;

let browser: Browser | undefined;
let script = '';
let site: Site;
let gateway: FakeGateway;

beforeAll(async () => {
  if (noBrowser !== undefined) return;
  browser = await launchBrowser();
  script = await scriptOf(source, 'tsx');
});
afterAll(() => browser?.close());
beforeEach(async (context) => {
  if (noBrowser !== undefined) context.skip(noBrowser);
  [site, gateway] = [new Site(), new FakeGateway(board(10))];
  await Promise.all([site.start(), gateway.start()]);
});
afterEach(async () => {
  await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  await Promise.all([site.stop(), gateway.stop()]);
});

/** What a server with the first two places would have sent. */
function rendered(): string {
  const items = board(2);
  const view = {
    board: { formula: 'trending', window: '1h', scope: 'all' },
    epoch: 1,
    seq: 0,
    items,
  };
  const rows = items.map(({ token }) => `<li>${token}</li>`).join('');
  const lists = ['short', 'long'].map(
    (id) => `<ol id="${id}" data-status="connecting">${rows}</ol>`,
  );
  return `<!doctype html><title>App</title>
    <script type="application/json" id="initial">${JSON.stringify(view)}</script>
    <div id="root"><main><button>toggle</button>${lists.join('')}</main></div>
    <script type="module" src="/app.js"></script>`;
}

async function open(): Promise<Page> {
  if (browser === undefined) throw new Error('no browser');
  site.pages.set('/', rendered());
  site.pages.set('/app.js', script);
  const page = await browser.newPage();
  await page.goto(`${site.url}/?endpoint=${gateway.url}`);
  return page;
}

const tokensOf = (page: Page, id: string) => page.locator(`#${id} li`).allTextContents();

test('components share one connection, each with the places it wants, over what the server rendered', async () => {
  const page = await open();
  await expect.poll(() => tokensOf(page, 'long')).toEqual(tokenKeys.slice(0, 10));
  expect(await tokensOf(page, 'short')).toEqual(tokenKeys.slice(0, 3));
  expect(gateway.subscribes).toHaveLength(1);
  expect(await page.evaluate('complaints')).toEqual([]);
  gateway.publish(reordered([...gateway.items].reverse()));
  await expect.poll(() => tokensOf(page, 'short')).toEqual(tokenKeys.slice(7, 10).reverse());
  expect(await page.locator('#short').getAttribute('data-status')).toBe('live');
});

test('the connection closes with the last component, and comes back with the next', async () => {
  const page = await open();
  await expect.poll(() => tokensOf(page, 'long')).toHaveLength(10);
  expect(gateway.connections).toBe(1);
  await page.getByRole('button').click();
  await expect.poll(() => gateway.connections).toBe(0);
  await page.getByRole('button').click();
  await expect.poll(() => gateway.connections).toBe(1);
  await expect.poll(() => tokensOf(page, 'short')).toEqual(tokenKeys.slice(0, 3));
});

test('what the gateway refuses reaches the component', async () => {
  gateway.refusal = 'There is no such board.';
  const page = await open();
  await expect
    .poll(() => page.locator('#short').getAttribute('data-error'))
    .toBe('There is no such board.');
});
