import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { killMatrix } from '../tools/faults/src/kill-matrix/kill-matrix.ts';
import { killMatrixOptions } from '../tools/faults/src/kill-matrix/options.ts';
import {
  busyPorts,
  extraPorts,
  parseFlags,
  portsAt,
} from '../tools/local-stack/preflight/index.mjs';

const offsetFirst = 26_000;

async function freeOffset(): Promise<number> {
  const { flags } = parseFlags(['--split-roles']);
  for (let offset = offsetFirst; offset < offsetFirst + 2_000; offset += 20) {
    const ports = portsAt(offset);
    if ((await busyPorts({ ...ports, ...extraPorts(flags!, ports) })).length === 0) return offset;
  }
  throw new Error('no free ports');
}

test('a slice of the kill matrix: every event once in the log, in memory, on boards and in ClickHouse', async () => {
  const out = mkdtempSync(join(tmpdir(), 'kill-slice-'));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const args = `--kills 3 --targets producer-api,aggregate,sink --kinds sigkill,sigterm --rate 200 --seed 7 --port-offset ${await freeOffset()}`;
  const options = killMatrixOptions([...args.split(' '), '--out', out]);
  if (options === 'help') throw new Error('options expected');
  const { passed, report, results } = await killMatrix(options, () => undefined);
  expect(passed, report).toBe(true);
  expect(results.kills.map(({ recoveryMs }) => recoveryMs)).not.toContain(null);
  expect(results.verdicts.at(-1)).toMatchObject({ lost: 0, double: 0 });
  expect(results.verdicts.at(-1)?.acknowledged).toBeGreaterThan(500);
}, 300_000);
