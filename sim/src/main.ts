import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { FaultCounts } from './faults.ts';
import { type Outcome, runSeed } from './run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});
/** Seeds between two lines of progress. */
const progressEvery = 5_000;
const from = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const trace = values.trace ? (line: string) => console.log(line) : undefined;
const began = process.hrtime.bigint();
const sums = { wrong: 0, stalled: 0, steps: 0, views: 0, hours: 0 };
const faults: Record<string, number> = {};

function add(outcome: Outcome): void {
  sums.steps += outcome.steps;
  sums.views += outcome.views;
  sums.hours += outcome.simulatedMs / 3_600_000;
  for (const name of Object.keys(outcome.faults) as (keyof FaultCounts)[])
    faults[name] = (faults[name] ?? 0) + outcome.faults[name];
  if (outcome.error === undefined) return;
  if (outcome.error.name === 'Stalled') sums.stalled += 1;
  else sums.wrong += 1;
  console.log(`${outcome.seed}@${commit} ${outcome.error.name}: ${outcome.error.message}`);
  console.log(`  npm run sim -- --seed ${outcome.seed} --trace`);
}

const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
const commit = stdout.trim();
for (let seed = from; seed < from + count; seed += 1) {
  add(await runSeed(seed, trace));
  if ((seed + 1 - from) % progressEvery === 0) report(seed + 1 - from);
}
report(count);
process.exit(sums.wrong + sums.stalled > 0 ? 1 : 0);

function report(seeds: number): void {
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  console.log(JSON.stringify({ seeds, seconds, ...sums, faults }));
}
