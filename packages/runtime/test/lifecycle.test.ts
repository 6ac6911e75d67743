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
