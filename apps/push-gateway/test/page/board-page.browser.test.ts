import { describe, expect, test } from 'vitest';
import { board, item, reordered, tokenKeys } from './support/boards.ts';
import { pageBench } from './support/opened-page.ts';
import { answerAll } from './support/service.ts';

const bench = pageBench();

interface Animated {
  readonly token: string | null;
  readonly id: string | undefined;
  readonly frames: readonly Keyframe[];
  readonly zIndex: string;
}

/** Runs in the page: remembers every animation that begins from now on. */
function recordAnimations(): void {
  const record: Animated[] = [];
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (frames, options) {
    const id = typeof options === 'object' ? options.id : undefined;
    const { zIndex } = (this as HTMLElement).style;
    record.push({
      token: this.getAttribute('data-token'),
      id,
      frames: frames as Keyframe[],
      zIndex,
    });
    return animate.call(this, frames, options);
  };
  Object.assign(globalThis, { record });
}

function recordedAnimations(): Animated[] {
  return (globalThis as unknown as { record: Animated[] }).record;
}

const keys = (...indexes: number[]) => indexes.map((index) => tokenKeys[index]);

describe('the rows', () => {
  test('stand in the order of the board, as a table with names for everything', async () => {
    const { page, rows, tokens } = await bench.open();
    await rows.nth(9).waitFor();
    expect(await tokens()).toEqual(tokenKeys.slice(0, 10));
    const table = page.getByRole('table', { name: 'Trending tokens' });
    expect(await table.getByRole('columnheader').count()).toBe(7);
    expect(await table.getByRole('row').count()).toBe(11);
    const link = table.getByRole('link', { name: 'PEPE' });
    expect(await link.getAttribute('href')).toBe(
      `${bench.gateway.url}/token/${tokenKeys[0]?.replace(':', '/')}`,
    );
  });

  test('glide to their new places by transform alone, climbers on top', async () => {
    const { page, rows, tokens } = await bench.open();
    await rows.nth(9).waitFor();
    await page.evaluate(recordAnimations);
    const { items } = bench.gateway;
    bench.gateway.publish(
      reordered([items[0]!, items[5]!, ...items.slice(1, 5), ...items.slice(6)]),
    );
    await expect.poll(async () => (await tokens()).slice(0, 4)).toEqual(keys(0, 5, 1, 2));
    const glides = (await page.evaluate(recordedAnimations)).filter(({ id }) => id === 'glide');
    const rowHeight = 60;
    expect(glides.find(({ token }) => token === tokenKeys[5])?.frames).toEqual([
      { transform: `translateY(${4 * rowHeight}px)` },
      { transform: 'none' },
    ]);
    expect(glides.map(({ token }) => token).sort()).toEqual(keys(1, 2, 3, 4, 5).sort());
    expect(glides.find(({ token }) => token === tokenKeys[1])?.frames[0]).toEqual({
      transform: `translateY(${-rowHeight}px)`,
    });
    const layers = new Map(glides.map(({ token, zIndex }) => [token, zIndex]));
    expect(keys(5, 1).map((token) => layers.get(token ?? ''))).toEqual(['2', '1']);
    await expect.poll(() => rows.nth(1).evaluate((row) => row.getAnimations().length)).toBe(0);
    expect(await rows.nth(1).evaluate((row) => (row as HTMLElement).style.zIndex)).toBe('');
  });

  test('do not move at all for people who asked for less motion', async () => {
    const { page, rows, tokens } = await bench.open('/', { reducedMotion: 'reduce' });
    await rows.nth(9).waitFor();
    await page.evaluate(recordAnimations);
    bench.gateway.publish(reordered([...bench.gateway.items].reverse()));
    await expect.poll(async () => (await tokens())[0]).toBe(tokenKeys[9]);
    expect(await page.evaluate(recordedAnimations)).toEqual([]);
  });

  test('that are out of sight do not glide, those that come into sight do', async () => {
    const many = Array.from({ length: 5 }, (_, round) =>
      board(20).map((entry) => ({ ...entry, token: `${entry.token}${round}` })),
    ).flat();
    bench.gateway.items = reordered(many);
    const { page, rows, tokens } = await bench.open('/', {
      viewport: { width: 1280, height: 600 },
    });
    await rows.nth(19).waitFor();
    await page.evaluate(recordAnimations);
    const last = bench.gateway.items[19]!;
    bench.gateway.publish(reordered([last, ...bench.gateway.items.toSpliced(19, 1)]));
    await expect.poll(async () => (await tokens())[0]).toBe(last.token);
    const gliding = (await page.evaluate(recordedAnimations))
      .filter(({ id }) => id === 'glide')
      .map(({ token }) => token);
    expect(gliding).toContain(last.token);
    expect(gliding).toContain(many[0]?.token);
    expect(gliding).not.toContain(many[15]?.token);
  });

  test('show arrows with their count, NEW, and a dash', async () => {
    const first = [
      item(0, { previousRank: 4 }),
      item(1, { previousRank: 1 }),
      item(2, { previousRank: null }),
      item(3),
    ];
    bench.gateway.items = first;
    const { rows } = await bench.open();
    const badges = rows.locator('.move');
    await expect.poll(() => badges.allTextContents()).toEqual(['▲3', '▼1', 'NEW', '–']);
    expect(await badges.nth(0).getAttribute('aria-label')).toBe('up 3');
  });

  test('keep the keyboard focus while they move', async () => {
    const { page, rows, tokens } = await bench.open();
    await rows.nth(9).waitFor();
    await rows.nth(4).getByRole('link').focus();
    bench.gateway.publish(
      reordered([bench.gateway.items[4]!, ...bench.gateway.items.toSpliced(4, 1)]),
    );
    await expect.poll(async () => (await tokens())[0]).toBe(tokenKeys[4]);
    const focused = page.locator('trending-tokens a:focus');
    expect(await focused.getAttribute('href')).toContain(tokenKeys[4]?.split(':')[1]);
  });
});

describe('the choice of a board', () => {
  test('windows are tabs that the arrow keys move through', async () => {
    const { page, rows } = await bench.open();
    await rows.nth(9).waitFor();
    await page.getByRole('tab', { name: 'Last hour' }).focus();
    const subscribed = bench.gateway.nextSubscribe();
    await page.keyboard.press('ArrowRight');
    expect((await subscribed).board).toEqual({ formula: 'trending', window: '6h', scope: 'all' });
    const tab = page.getByRole('tab', { selected: true });
    await expect.poll(() => tab.textContent()).toBe('6h');
    expect(await page.locator('[role=tab]:focus').textContent()).toBe('6h');
    expect(await page.locator('[role=tab][tabindex="0"]').count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('window')).toBe('6h');
  });

  test('a chain or a category narrows it, one at a time', async () => {
    bench.gateway.answers.set('/api/v1/boards', () => ({
      status: 200,
      body: { scopes: ['all', 'chain:eth', 'category:meme'], boards: [] },
    }));
    const { page, rows } = await bench.open();
    await rows.nth(9).waitFor();
    const asked = async (label: string, value: string) => {
      const subscribed = bench.gateway.nextSubscribe();
      await page.getByLabel(label).selectOption(value);
      return (await subscribed).board.scope;
    };
    expect(await asked('Filter by chain', 'eth')).toBe('chain:eth');
    expect(await asked('Filter by category', 'meme')).toBe('category:meme');
    expect(await page.getByLabel('Filter by chain').inputValue()).toBe('');
  });

  test('the ranking switches, and an address with a choice opens that board', async () => {
    const { page, rows } = await bench.open('/?window=5m&chain=sol');
    await rows.nth(9).waitFor();
    expect(bench.gateway.subscribes[0]?.board).toEqual({
      formula: 'trending',
      window: '5m',
      scope: 'chain:sol',
    });
    const subscribed = bench.gateway.nextSubscribe();
    await page.getByRole('radio', { name: 'Most viewed' }).check();
    expect((await subscribed).board.formula).toBe('views');
  });
});

describe('why a score', () => {
  test('opens on focus, adds up to the score, and closes with Escape', async () => {
    const { page, rows } = await bench.open();
    await rows.nth(2).getByRole('button', { name: 'why?' }).focus();
    const panel = page.getByRole('region', { name: 'Why this score' });
    await panel.waitFor();
    expect(await panel.locator('h3').textContent()).toContain('#3');
    const parts = await panel.locator('.parts b').allTextContents();
    const sum = parts.reduce((total, text) => total + Number(text.replace('−', '-')), 0);
    const score = Number(await panel.locator('.sum b').textContent());
    expect(Math.abs(sum - score)).toBeLessThan(0.05 * parts.length + 0.05);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
  });

  test('shows what is usual as the gateway tells it, for the row that is looked at', async () => {
    answerAll(bench.gateway);
    const { page, rows } = await bench.open();
    await rows.nth(2).getByRole('button', { name: 'why?' }).click();
    const table = page.getByRole('table', { name: 'What is usual here' });
    await table.waitFor();
    expect(await table.getByRole('row').allInnerTexts()).toEqual([
      'Visitors of all tokens\t18.2K',
      'Its usual share of them\t0.51%',
      'Compared with\tBase, over a day old',
      'Busier at this hour\t+4%',
      'Visitors usual now\t96',
      'How restless it is (φ)\t0.15',
      'Visitors not counted\t118 of 530',
    ]);
    if (process.env['SCREENSHOTS'] === '1') await page.screenshot({ path: 'artifacts/why.png' });
  });

  test('grows away from its row: of the last one upwards, at once', async () => {
    answerAll(bench.gateway);
    const { page, rows } = await bench.open();
    await rows.nth(9).getByRole('button', { name: 'why?' }).click();
    await page.getByRole('table', { name: 'What is usual here' }).waitFor();
    const panel = page.getByRole('region', { name: 'Why this score' });
    const [box, row] = await Promise.all([panel.boundingBox(), rows.nth(9).boundingBox()]);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeCloseTo(row?.y ?? 0, 0);
    expect(box?.y).toBeGreaterThanOrEqual(0);
  });

  test('opens under the mouse, stays while the pointer is in it, and goes with it', async () => {
    const { page, rows } = await bench.open();
    await rows.nth(2).hover();
    const panel = page.getByRole('region', { name: 'Why this score' });
    await panel.waitFor();
    await panel.hover();
    expect(await panel.locator('h3').textContent()).toContain('#3');
    await page.locator('h1').hover();
    await panel.waitFor({ state: 'hidden' });
  });
});

describe('the demo', () => {
  test('a spike is asked for, its row is marked, and its climb is told', async () => {
    const { gateway } = bench;
    const spiked = board(10)[8]!;
    gateway.answers.set('/config.json', () => ({
      status: 200,
      body: { demoUrl: gateway.url, publishUrl: null, version: '1' },
    }));
    gateway.answers.set('/spike', () => ({
      status: 200,
      body: { token: spiked.token, symbol: 'SPK' },
    }));
    const { page, rows } = await bench.open();
    await page.getByText('Development stack').waitFor();
    const subscribed = gateway.nextSubscribe();
    await page.getByRole('button', { name: 'Spike a token' }).click();
    expect((await subscribed).board.window).toBe('5m');
    expect(gateway.posts).toEqual(['/spike']);
    await rows.nth(8).and(page.locator('.highlight')).waitFor();
    gateway.publish(
      reordered([spiked, ...gateway.items.filter(({ token }) => token !== spiked.token)]),
    );
    await page.getByText('SPK is surging: now #1 of the last five minutes.').waitFor();
  });

  test('without a demo there is neither a banner nor a button', async () => {
    const { page, rows } = await bench.open();
    await rows.nth(9).waitFor();
    expect(await page.getByText('Development stack').isVisible()).toBe(false);
    expect(await page.locator('#spike').isVisible()).toBe(false);
  });
});
