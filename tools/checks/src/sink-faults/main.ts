import { parseArgs } from 'node:util';
import { createLogger, createProgressBar } from '@trending/runtime';
import { countOf, runCommand } from '@trending/runtime/command-line';
import { checkConfig } from '../shared/config.ts';
import { textOf } from './report.ts';
import { openResults, openSlices } from './results.ts';
import { runSinkFaults } from './run.ts';
import { openWorld } from './world.ts';

const help = `Hurts the way into ClickHouse while views flow, then compares every table with what was published, without FINAL.

  eval "$(npm run -s status -- --env)"; npm run sink-faults -- --faults 200

  --faults N       faults to cause (default 200)
  --judge-every N  faults between two verdicts (default 25)
  --seed N         the same seed gives the same order of faults (default: from the clock)
  --out FILE       verdicts, one JSON object a line (default artifacts/sink-faults-<seed>.ndjson)
  --resume         go on behind the verdicts in --out, with the same seed
  --json           print JSON
  --help
Uses the broker and registry that run, with topics of its own, and starts a sink and a ClickHouse engine of its own. Ends at the
first verdict that is not exact, and keeps the engine's files.
`;

await runCommand('sink-faults', async () => {
  const { values } = parseArgs({
    options: {
      faults: { type: 'string', default: '200' },
      'judge-every': { type: 'string', default: '25' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      out: { type: 'string' },
      resume: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { text: help, ok: true };
  const faults = countOf('faults', values.faults, { min: 1, max: 100_000 });
  const judgeEvery = countOf('judge-every', values['judge-every'], { min: 1, max: 100_000 });
  const seed = countOf('seed', values.seed, { min: 0, max: 2 ** 32 - 1 });
  const out = values.out ?? `artifacts/sink-faults-${seed}.ndjson`;
  const results = openResults(out, { seed, judgeEvery }, values.resume);
  const slices = openSlices(faults, judgeEvery, results.verdicts);
  if (slices.length > 0) await run({ seed, slices, judged: results.add });
  const ok = results.verdicts.every((verdict) => verdict.ok);
  const report = { seed, faults, ok, verdicts: results.verdicts };
  return { text: values.json ? `${JSON.stringify(report)}\n` : textOf(report), ok };
});

type Run = Omit<Parameters<typeof runSinkFaults>[1], 'progressed'>;

async function run({ seed, slices, judged }: Run): Promise<void> {
  const config = checkConfig();
  const logger = createLogger({ service: 'sink-faults', level: config.LOG_LEVEL });
  const world = await openWorld(config, logger);
  const total = slices.reduce((sum, { faults }) => sum + faults, 0);
  const bar = createProgressBar({ label: 'sink-faults', total, stream: process.stderr });
  let done = 0;
  const progressed = (more: number) => {
    done += more;
    bar.update(done);
  };
  let isExact = true;
  try {
    isExact = await runSinkFaults(world, { seed, slices, progressed, judged });
  } finally {
    bar.end();
    await world.close(!isExact);
    if (!isExact) process.stderr.write(`The engine's files are kept in ${world.folder}\n`);
  }
}
