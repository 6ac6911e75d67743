import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { killMatrix } from '../tools/faults/src/kill-matrix/kill-matrix.ts';
import { killMatrixOptions } from '../tools/faults/src/kill-matrix/options.ts';
import { freeOffset } from './support/own-stack.ts';

test('a slice of the kill matrix: every event once in the log, in memory, on boards and in ClickHouse', async () => {
  const out = mkdtempSync(join(tmpdir(), 'kill-slice-'));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const args = `--kills 5 --targets producer-api,aggregate,rank,sink,gateway --stop-seconds 6 --rate 200 --seed 3829 --port-offset ${await freeOffset(['--split-roles'])}`;
  const options = killMatrixOptions([...args.split(' '), '--out', out]);
  if (options === 'help') throw new Error('options expected');
  const { passed, report, results } = await killMatrix(options, () => undefined);
  expect(passed, report).toBe(true);
  expect(results.kills.map(({ recoveryMs }) => recoveryMs)).not.toContain(null);
  const killed = results.kills.filter(({ kind }) => kind !== 'sigstop');
  expect(killed.map(({ service, kind }) => `${kind} ${service}`)).toEqual([
    'sigkill rank-1',
    'sigterm push-gateway',
  ]);
  const frozen = results.kills.filter(({ kind }) => kind === 'sigstop');
  expect(frozen.map(({ target }) => target).sort()).toEqual(['aggregate', 'producer-api', 'sink']);
  expect(new Set(frozen.map(({ group }) => group)).size).toBe(1);
  const frozenAt = frozen.map(({ at }) => Date.parse(at));
  expect(Math.max(...frozenAt) - Math.min(...frozenAt)).toBeLessThan(6_000);
  expect(results.verdicts.at(-1)).toMatchObject({ lost: 0, double: 0 });
  expect(results.verdicts.at(-1)?.acknowledged).toBeGreaterThan(500);
}, 300_000);
