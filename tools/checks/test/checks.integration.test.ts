import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { runOn } from '../../../test/support/command.ts';

const stack = inject('stack');

async function run<T>(name: string, ...args: string[]): Promise<T> {
  const text = await runOn(stack, `tools/checks/src/${name}/main.ts`, ...args, '--json');
  return JSON.parse(text) as T;
}

describe('on the real stack', () => {
  test('of a thousand poisoned frames every one is in the dead letters or still a view', async () => {
    const report = await run<{ deadLettered: number; stillViews: number; wrong: string[] }>(
      'poison',
      ...['--frames', '1000', '--seed', '7'],
    );
    expect(report.wrong).toEqual([]);
    expect(report.deadLettered + report.stillViews).toBe(1_000);
  });

  test('then every record has one fate and one place', async () => {
    const report = await run<{ verdict: string; balances: { broken: string[] }[] }>('conservation');
    expect(report.balances.flatMap(({ broken }) => broken)).toEqual([]);
    expect(report.verdict).toBe('balanced');
  });

  test('ClickHouse holds every view once after faults on the way to it, roll-ups too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sink-faults-'));
    const report = await run<{ ok: boolean; verdicts: object[] }>(
      'sink-faults',
      ...['--faults', '8', '--judge-every', '4', '--seed', '4'],
      ...['--out', join(folder, 'run.ndjson')],
    );
    await rm(folder, { recursive: true });
    expect(report).toMatchObject({ ok: true, faults: 8 });
    expect(report.verdicts).toHaveLength(2);
  });
});
