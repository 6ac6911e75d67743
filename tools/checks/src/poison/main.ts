import { parseArgs } from 'node:util';
import { createKafkaLog, createRegistry } from '@trending/kafka';
import { createLogger, createProgressBar } from '@trending/runtime';
import { countOf, runCommand } from '@trending/runtime/command-line';
import { type TokenView, topics } from '@trending/schemas';
import { checkConfig } from '../shared/config.ts';
import { type PoisonReport, runPoison } from './run.ts';

const help = `Puts mutated Avro frames straight into the views topic, a good view beside each, and accounts for every one of them.

  eval "$(npm run -s status -- --env)"; npm run poison -- --frames 10000

  --frames N   mutated frames (default 10000)
  --seed N     the same seed gives the same mutations (default: from the clock)
  --rounds N   then time 20000 views and 20000 records of which some are mutated, in turn, N times (default 0)
  --bad-every N  of those, one record in so many is mutated (default 10)
  --json       print JSON
  --help
Each frame must end in the dead-letter topic once, with a reason, or still be a view, and then be counted. Exit code 1 if any does
not. Nobody else may publish meanwhile.
`;

await runCommand('poison', async () => {
  const { values } = parseArgs({
    options: {
      frames: { type: 'string', default: '10000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      rounds: { type: 'string', default: '0' },
      'bad-every': { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { text: help, ok: true };
  const frames = countOf('frames', values.frames, { min: 1, max: 1_000_000 });
  const seed = countOf('seed', values.seed, { min: 0, max: 2 ** 32 - 1 });
  const rounds = countOf('rounds', values.rounds, { min: 0, max: 1_000 });
  const badEvery = countOf('bad-every', values['bad-every'], { min: 2, max: 10_000 });
  const plan = { frames, seed, rounds, badEvery };
  const config = checkConfig();
  const logger = createLogger({ service: 'poison', level: config.LOG_LEVEL });
  const log = createKafkaLog({ ...config.kafka, clientId: 'poison', logger });
  const bar = createProgressBar({ label: 'poison', total: frames, stream: process.stderr });
  try {
    const registry = createRegistry({ url: config.REGISTRY_URL, logger });
    const serde = await registry.serde<TokenView>(topics.views, config.TOPIC_PREFIX);
    const progressed = (done: number) => bar.update(done);
    const report = await runPoison({ log, serde, config, progressed }, plan);
    return { text: values.json ? `${JSON.stringify(report)}\n` : textOf(report), ok: report.ok };
  } finally {
    bar.end();
    await log.close();
  }
});

function textOf(report: PoisonReport): string {
  const { seed, frames, good, deadLettered, stillViews, fates, residual, wrong, memory } = report;
  const classes = Object.entries(fates).map(([name, count]) => `${name} ${count}`);
  return `seed ${seed}: ${frames} mutated frames beside ${good} good views
  in the dead-letter topic, once each   ${deadLettered}
  still views, counted as such          ${stillViews}
  another fate than they must have      ${wrong.length}
${wrong
  .slice(0, 20)
  .map((one) => `    ${one}\n`)
  .join('')}  classes   ${classes.join(', ')}; residual ${residual}
  time      ${report.seconds.toFixed(1)} s
  memory    heap floor ${memory.heapFloorFirstMb} MB in the first third, ${memory.heapFloorLastMb} MB in the last; resident ${memory.rssFirstMb} MB first, ${memory.rssPeakMb} MB peak, ${memory.rssLastMb} MB last; ${memory.samples} samples
${comparisonText(report)}${report.ok ? 'Every frame is accounted for.' : 'NOT accounted for.'}
`;
}

function comparisonText({ comparison }: PoisonReport): string {
  if (comparison === undefined) return '';
  const { rounds, records, badEvery, cleanPerSecond, mixedPerSecond, loss } = comparison;
  return `  speed     ${records} views ${Math.round(cleanPerSecond)}/s, with one in ${badEvery} mutated ${Math.round(mixedPerSecond)}/s, medians of ${rounds} rounds; median loss ${(100 * loss).toFixed(1)} %
`;
}
