import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '@trending/runtime/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshToken, publishSurely, restBoard, viewsOf } from './support/pipeline.ts';

const stack = inject('stack');
const execute = promisify(execFile);
const minute = 60_000;
/** A formula of this test's own: the other boards stay as they are. */
const id = `it-${randomUUID().slice(0, 8)}`;
const [old, young] = [freshToken(), freshToken()];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tuning-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The first has more views, as many as the period before; those of the second are all new. */
async function publish(): Promise<void> {
  const before = viewsOf(old, 60).map((view) => ({ ...view, viewedAt: Date.now() - 6.5 * minute }));
  await publishSurely(stack, before);
  await publishSurely(stack, viewsOf(old, 60));
  await publishSurely(stack, viewsOf(young, 40));
}

async function run<T>(script: string, ...args: string[]): Promise<T> {
  const env = {
    ...process.env,
    ...{ KAFKA_BROKERS: stack.kafka, REGISTRY_URL: stack.registryUrl },
    CLICKHOUSE_URL: stack.clickhouseUrl,
  };
  const { stdout } = await execute('npm', ['run', '-s', script, '--', ...args, '--json'], { env });
  return JSON.parse(stdout) as T;
}

async function formulaFile(weights: Readonly<Record<string, number>>): Promise<string> {
  const none = {
    viewsWeightMicro: 0,
    changeWeightMicro: 0,
    freshWeightMicro: 0,
    uniqueWeightMicro: 0,
  };
  const path = join(folder, `${Object.keys(weights).join('-')}.json`);
  const parameters = { ...none, minViews: 5, ...weights };
  await writeFile(path, JSON.stringify({ id, base: 'classic', parameters }));
  return path;
}

interface Served {
  readonly board: { readonly asOf: string; readonly formula: { readonly version: number } };
  readonly items: readonly { readonly token: string; readonly rank: number }[];
}

async function served(): Promise<Served> {
  const query = `window=5m&formula=${id}&limit=100`;
  const response = await fetch(`${stack.gatewayUrl}/api/v1/tokens/trending?${query}`);
  return (await response.json()) as Served;
}

function orderOf({ items }: Pick<Served, 'items'>): string[] {
  return items
    .map(({ token }) => token)
    .filter((token) => token === old.token || token === young.token);
}

describe('operators on the running stack', () => {
  test('add a formula, tune it at an event time, ask what if, hold a token back, withdraw it all', async () => {
    await publish();
    const byViews = await formulaFile({ viewsWeightMicro: 1_000_000 });
    const byChange = await formulaFile({ changeWeightMicro: 1_000_000 });
    const added = await run<{ version: number; effectiveFrom: string }>(
      'control',
      'formula',
      byViews,
    );
    expect(added.version).toBe(1);
    const what = (text: string) => ({ timeoutMs: 60_000, what: text });
    await until(what('both tokens by views'), async () =>
      `${orderOf(await served())}` === `${[old.token, young.token]}` ? true : undefined,
    );

    const from = Date.now() + 20_000;
    const word = await run<{ version: number; board: object }>(
      ...(['control', 'formula', byChange, '--effective-from', `${from}`] as const),
    );
    expect(word).toMatchObject({ version: 2, board: { controlOffset: expect.any(Number) } });
    // Every version served on the way obeys the event time.
    const after = await until(what('the second version'), async () => {
      const now = await served();
      const isNew = Date.parse(now.board.asOf) >= from;
      expect(now.board.formula.version).toBe(isNew ? 2 : 1);
      return isNew ? now : undefined;
    });
    expect(orderOf(after)).toEqual([young.token, old.token]);

    interface WhatIf {
      readonly versions: readonly number[];
      readonly total: {
        readonly steps: number;
        readonly moves: readonly { readonly token: string }[];
      };
    }
    const asked = ['--formula', byViews, '--window', '5m', '--every', '1m', '--from', `${from}`];
    const result = await until({ timeoutMs: 130_000, what: 'a minute of features' }, () =>
      run<WhatIf>('what-if', ...asked, '--against', id, '--limit', '100').catch(() => undefined),
    );
    expect(result.versions).toEqual([2]);
    expect(result.total.moves.map(({ token }) => token)).toContain(young.token);

    await run('control', 'suppress', young.token, '--reason', 'a test');
    expect(orderOf({ items: await restBoard(stack, `window=5m&formula=${id}&limit=100`) })).toEqual(
      [old.token],
    );
    const ops = async (path: string) => (await fetch(`${stack.processorUrl}${path}`)).text();
    expect(await ops('/api/v1/control')).toContain(`suppress:${young.token}`);
    expect(await ops('/api/v1/suspected')).toContain(young.token);
    await run('control', 'release', young.token, '--reason', 'over');
    await run('control', 'withdraw', id, '--reason', 'over');
    // Somebody looks at something: on a site without any view the 24h board would wait for the end of its pane.
    await until(what('the boards gone'), async () => {
      await publishSurely(stack, viewsOf(old, 1));
      const url = `${stack.gatewayUrl}/api/v1/tokens/trending?window=5m&formula=${id}`;
      return (await fetch(url)).status === 400 ? true : undefined;
    });
  });
});
