import { expect, test } from 'vitest';
import { pageBench } from './support/opened-page.ts';
import { answerAll } from './support/service.ts';

const bench = pageBench();

async function openDevelopers(publishUrl: string | null) {
  answerAll(bench.gateway);
  const body = { demoUrl: null, publishUrl, version: '1' };
  bench.gateway.answers.set('/config.json', () => ({ status: 200, body }));
  const { page } = await bench.open('/developers');
  await page.locator('#channels article').first().waitFor();
  return page;
}

test('the developers page links the API of publishing where its address is known', async () => {
  const page = await openDevelopers('https://publish.test/v/');
  const hrefs = page.locator('a[href^="https://publish.test/"]');
  await hrefs.nth(2).waitFor();
  if (process.env['SCREENSHOTS'] === '1')
    await page.screenshot({ path: 'artifacts/developers-linked.png', fullPage: true });
  expect(
    await hrefs.evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
  ).toEqual([
    'https://publish.test/v/docs',
    'https://publish.test/v/openapi.json',
    'https://publish.test/v/docs',
  ]);
  expect(await page.locator('#publish').textContent()).toContain("'https://publish.test/v/api/v1");
});

test('and tells in words where to find it otherwise', async () => {
  const page = await openDevelopers(null);
  const text = await page.locator('section[aria-labelledby=publish-title]').textContent();
  for (const word of [
    'producer-api',
    '/docs',
    'OpenAPI 3.1',
    'view token',
    'x-trending-view-token',
  ])
    expect(text).toContain(word);
  expect(await page.locator('footer a').allTextContents()).toEqual(['API docs', 'Operations']);
});
