import { parseArgs } from 'node:util';
import { createLogger, createProgressBar } from '@trending/runtime';
import { checkConfig } from '../shared/config.ts';
import { countOf, runCommand } from '../shared/usage.ts';
import { runSinkFaults, type SinkFaultsReport } from './run.ts';
import { openWorld } from './world.ts';

const help = `Hurts the way into ClickHouse while views flow, then compares every table with what was published, without FINAL.

  eval "$(npm run -s status -- --env)"; npm run sink-faults -- --faults 200

  --faults N   faults to cause (default 200)
  --seed N     the same seed gives the same order of faults (default: from the clock)
  --json       print JSON
  --help
Uses the broker and registry that run, with topics of its own, and starts a sink and a ClickHouse engine of its own.
`;

await runCommand('sink-faults', async () => {
  const { values } = parseArgs({
    options: {
      faults: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { text: help, ok: true };
  const faults = countOf('faults', values.faults, { min: 1, max: 100_000 });
  const seed = countOf('seed', values.seed, { min: 0, max: 2 ** 32 - 1 });
  const config = checkConfig();
  const logger = createLogger({ service: 'sink-faults', level: config.LOG_LEVEL });
  const world = await openWorld(config, logger);
  const bar = createProgressBar({ label: 'sink-faults', total: faults, stream: process.stderr });
  try {
    const progressed = (done: number) => bar.update(done);
    const report = await runSinkFaults(world, { faults, seed, progressed });
    return { text: values.json ? `${JSON.stringify(report)}\n` : textOf(report), ok: report.ok };
  } finally {
    bar.end();
    await world.close();
  }
});

function textOf(report: SinkFaultsReport): string {
  const { seed, faults, byName, oracle, found, sinkStarts, clickhouseStarts } = report;
  const lines = Object.entries(byName).map(([name, n]) => `  ${String(n).padStart(5)}  ${name}`);
  return `${faults} faults in ${report.seconds.toFixed(0)} s, seed ${seed}; the sink was started ${sinkStarts} times, ClickHouse ${clickhouseStarts} times
${lines.join('\n')}
                  published   found
  count()        ${String(oracle.views).padStart(10)}  ${found.rows}
  uniqExact      ${String(oracle.views).padStart(10)}  ${found.places}
  by minute      ${String(oracle.counted).padStart(10)}  ${found.minute}
  by hour        ${String(oracle.counted).padStart(10)}  ${found.hour}
  by day         ${String(oracle.counted).padStart(10)}  ${found.day}
  no views       ${String(oracle.undecodable).padStart(10)}  (no row)
${report.ok ? 'Nothing lost, nothing twice.' : 'NOT exact.'}
`;
}
