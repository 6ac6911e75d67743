import { execFile } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { healthReport, type Part, printConfig, startAll, stopAll } from '../src/index.ts';

function parts(events: string[], failing = ''): Part[] {
  return ['a', 'b', 'c'].map((name) => ({
    name,
    async start() {
      events.push(`start ${name}`);
      if (name === failing) throw new Error(name);
    },
    async stop() {
      events.push(`stop ${name}`);
      if (name === failing) throw new Error(name);
    },
  }));
}

describe('parts', () => {
  test('start in order and stop in reverse', async () => {
    const events: string[] = [];
    await startAll(parts(events));
    await stopAll(parts(events));
    expect(events).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
  });
  test('already started are stopped when one cannot start', async () => {
    const events: string[] = [];
    await expect(startAll(parts(events, 'b'))).rejects.toThrow('b');
    expect(events).toEqual(['start a', 'start b', 'stop a']);
  });
  test('are all stopped even when one fails to', async () => {
    const events: string[] = [];
    await expect(stopAll(parts(events, 'b'))).rejects.toThrow('b');
    expect(events).toEqual(['stop c', 'stop b', 'stop a']);
  });
});

describe('a service that is told to stop', { timeout: 30_000 }, () => {
  /** Log lines and exit code of a process with two parts, of which the first does this when it stops. */
  async function stopped(stop: string): Promise<{ code: unknown; lines: object[] }> {
    // Two modules only: the whole package takes seconds to load on a busy machine.
    const url = (module: string) => JSON.stringify(new URL(module, import.meta.url).href);
    const program = `
      import { runService } from ${url('../src/lifecycle.ts')};
      import { createLogger } from ${url('../src/logger.ts')};
      const logger = createLogger({ service: 'test', level: 'info' });
      const part = (name, stop) => ({ name, start: async () => {}, stop });
      const parts = [part('writer', async () => logger.info('writer closed')), part('port', ${stop})];
      await runService({ logger, parts, stopTimeoutMs: 300 });
      process.kill(process.pid, 'SIGTERM');
      setInterval(() => {}, 1_000);`;
    return new Promise((resolve) => {
      execFile(process.execPath, ['--input-type=module', '-e', program], (error, stdout) => {
        const lines = stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as object);
        resolve({ code: error?.code ?? 0, lines });
      });
    });
  }

  test('tells of a part that cannot, and stops the others', async () => {
    const { code, lines } = await stopped(`async () => { throw new Error('stuck') }`);
    expect(lines).toContainEqual(
      expect.objectContaining({
        msg: 'stopping failed',
        part: 'port',
        err: expect.objectContaining({ message: 'stuck' }),
      }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'writer closed' }));
    expect(code).toBe(1);
  });
  test('names the part that takes too long', async () => {
    const { code, lines } = await stopped('() => new Promise(() => {})');
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'stopping took too long, exiting', part: 'port' }),
    );
    expect(code).toBe(1);
  });
});

test('a health check that throws is a failed check', async () => {
  const report = await healthReport([
    { name: 'well', check: () => undefined },
    {
      name: 'ill',
      check: () => {
        throw new Error('cause');
      },
    },
  ]);
  expect(report).toEqual({ ok: false, text: '[+]well ok\n[-]ill: Error: cause' });
});

test('a printed configuration hides keys, secrets and passwords', () => {
  const text = printConfig({
    PORT: 1,
    API_KEYS: 'canary',
    HASH_SECRET: 'canary',
    CLICKHOUSE_PASSWORD: 'canary',
  });
  expect(text).toContain('PORT=1');
  expect(text).not.toContain('canary');
});
