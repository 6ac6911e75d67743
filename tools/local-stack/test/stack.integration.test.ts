import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from '@trending/runtime/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { killService, serviceIsBack } from '../../../test/support/stack.ts';
import { busyPorts, portsAt, processIsAlive } from '../preflight/index.mjs';
import { type RunningStack, readRunFile, runFilePath } from '../src/run-file.ts';
import { freeOffset, type Launched, launch, root } from './support/launch.ts';

const runFolder = join(root, '.data/run');
const startMs = 240_000;
const open: Launched[] = [];

afterEach(async () => {
  for (const { child, ended } of open.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  }
});

function start(...flags: string[]): Launched {
  const launched = launch(['--no-apps', ...flags]);
  open.push(launched);
  return launched;
}

const pidsOf = (stack: RunningStack) =>
  Object.values(stack.services).map(({ pid }) => pid ?? Number.NaN);

async function nothingIsLeft(stack: RunningStack): Promise<void> {
  const pids = pidsOf(stack);
  expect(pids).toHaveLength(3);
  await until({ timeoutMs: 10_000, what: 'every process to end' }, () =>
    pids.some(processIsAlive) ? undefined : true,
  );
  await until({ timeoutMs: 5_000, what: 'free ports' }, async () =>
    (await busyPorts(portsAt(stack.offset))).length === 0 ? true : undefined,
  );
}

async function schemaCount(stack: RunningStack): Promise<number> {
  const response = await fetch(`${stack.registryUrl}/subjects`);
  return ((await response.json()) as string[]).length;
}

describe('a stack without Docker', () => {
  test(
    'serves, survives killed services with their data, and Ctrl-C ends it all with code 0',
    async () => {
      const { child, ended, ready } = start(`--port-offset=${await freeOffset()}`);
      const stack = await ready;
      expect(readRunFile(runFilePath(runFolder, stack.offset))).toEqual(stack);
      const schemas = await schemaCount(stack);
      expect(schemas).toBeGreaterThan(4);

      for (const name of ['registry', 'kafka', 'clickhouse'] as const) {
        const { pid } = stack.services[name] ?? { pid: null };
        await killService(stack, name);
        await serviceIsBack(stack, name, pid);
      }
      expect(await schemaCount(stack)).toBe(schemas);
      const tables = await fetch(`${stack.clickhouseUrl}/?query=SHOW%20TABLES%20FROM%20trending`);
      expect(await tables.text()).toContain('token_views');

      const now = readRunFile(runFilePath(runFolder, stack.offset)) ?? stack;
      const asked = performance.now();
      child.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
      expect(performance.now() - asked).toBeLessThan(10_000);
      await nothingIsLeft(now);
      expect(existsSync(join(dirname(stack.logFolder), 'data'))).toBe(false);
      expect(existsSync(runFilePath(runFolder, stack.offset))).toBe(false);
    },
    startMs,
  );

  test(
    'leaves nothing running when its supervisor is killed, and starts again over the remains',
    async () => {
      const offset = await freeOffset();
      const { child, ended, ready } = start(`--port-offset=${offset}`);
      const stack = await ready;
      child.kill('SIGKILL');
      await ended;
      await nothingIsLeft(stack);

      const again = await start(`--port-offset=${offset}`).ready;
      expect(again.pid).not.toBe(stack.pid);
    },
    startMs,
  );

  test(
    'keeps topics, schemas and tables in --data-dir over a restart',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'kept-'));
      const flags = [`--port-offset=${await freeOffset()}`, `--data-dir=${folder}`];
      const first = start(...flags);
      const stack = await first.ready;
      const schemas = await schemaCount(stack);
      await fetch(`${stack.clickhouseUrl}/?query=CREATE%20DATABASE%20kept_here`, {
        method: 'POST',
      });
      first.child.kill('SIGTERM');
      await first.ended;

      const second = start(...flags);
      const again = await second.ready;
      expect(await schemaCount(again)).toBe(schemas);
      const databases = await fetch(`${again.clickhouseUrl}/?query=SHOW%20DATABASES`);
      expect(await databases.text()).toContain('kept_here');
      second.child.kill('SIGTERM');
      await second.ended;
      rmSync(folder, { recursive: true });
    },
    startMs,
  );

  test('names the process that holds a busy port, and starts nothing', async () => {
    const offset = await freeOffset();
    const server = createServer();
    await new Promise<void>((resolve) =>
      server.listen(portsAt(offset).registry, '127.0.0.1', resolve),
    );
    const { ended, said, ready } = start(`--port-offset=${offset}`);
    await expect(ready).rejects.toThrow();
    expect(await ended).toEqual([1, null]);
    expect(said()).toContain(`(registry) is held by process ${process.pid}`);
    server.close();
  });

  test('ends while it is still starting, at the first Ctrl-C', async () => {
    const { child, ended, said, ready } = start(`--port-offset=${await freeOffset()}`);
    ready.catch(() => undefined);
    await until({ timeoutMs: 60_000, what: 'the first service' }, () =>
      said().includes('✓ clickhouse') ? true : undefined,
    );
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  });
});
