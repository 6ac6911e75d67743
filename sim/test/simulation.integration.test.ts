import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** About 25 ms each on an idle core: ten seconds at most belong to this test. The long run is `npm run sim -- --seeds 2000`. */
const seeds = 120;
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

test(`${seeds} seeds of kills, frozen processes, lost answers and jumps of the clock end level and right`, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, '--seeds', String(seeds)], {
    encoding: 'utf8',
  });
  expect(status, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toContain(`"seeds":${seeds}`);
}, 60_000);
