import { parseArgs } from 'node:util';
import { runSeed } from './run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
  },
});
const began = process.hrtime.bigint();
const from = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
let bad = 0;
let steps = 0;
for (let seed = from; seed < from + count; seed += 1) {
  const outcome = await runSeed(seed, values.trace ? (line) => console.log(line) : undefined);
  steps += outcome.steps;
  if (outcome.error !== undefined) {
    bad += 1;
    console.log(seed, outcome.steps, outcome.error.stack);
  } else if (count < 4) console.log(JSON.stringify(outcome));
}
const ms = Number(process.hrtime.bigint() - began) / 1e6;
const cpu = process.cpuUsage();
console.log({ bad, count, ms: ms / count, cpuMs: (cpu.user + cpu.system) / 1000 / count, steps: steps / count });
process.exit(bad > 0 ? 1 : 0);
