import { parseArgs } from 'node:util';
import { createKafkaLog, createRegistry } from '@trending/kafka';
import { createLogger, createProgressBar } from '@trending/runtime';
import { type TokenView, topics } from '@trending/schemas';
import { checkConfig } from '../shared/config.ts';
import { countOf, runCommand } from '../shared/usage.ts';
import { type PoisonReport, runPoison } from './run.ts';

const help = `Puts mutated Avro frames straight into the views topic, a good view beside each, and accounts for every one of them.

  eval "$(npm run -s status -- --env)"; npm run poison -- --frames 10000

  --frames N   mutated frames (default 10000)
  --seed N     the same seed gives the same mutations (default: from the clock)
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
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { text: help, ok: true };
  const frames = countOf('frames', values.frames, { min: 1, max: 1_000_000 });
  const seed = countOf('seed', values.seed, { min: 0, max: 2 ** 32 - 1 });
  const config = checkConfig();
  const logger = createLogger({ service: 'poison', level: config.LOG_LEVEL });
  const log = createKafkaLog({ brokers: [...config.brokers], clientId: 'poison', logger });
  const bar = createProgressBar({ label: 'poison', total: frames, stream: process.stderr });
  try {
    const registry = createRegistry({ url: config.REGISTRY_URL, logger });
    const serde = await registry.serde<TokenView>(topics.views, config.TOPIC_PREFIX);
    const progressed = (done: number) => bar.update(done);
    const report = await runPoison({ log, serde, config, progressed }, { frames, seed });
    return { text: values.json ? `${JSON.stringify(report)}\n` : textOf(report), ok: report.ok };
  } finally {
    bar.end();
    await log.close();
  }
});

function textOf(report: PoisonReport): string {
  const { seed, frames, good, deadLettered, stillViews, fates, residual, wrong } = report;
  const classes = Object.entries(fates).map(([name, count]) => `${name} ${count}`);
  return `seed ${seed}: ${frames} mutated frames beside ${good} good views
  in the dead-letter topic, once each   ${deadLettered}
  still views, counted as such          ${stillViews}
  another fate than they must have      ${wrong.length}
${wrong
  .slice(0, 20)
  .map((one) => `    ${one}\n`)
  .join('')}  classes   ${classes.join(', ')}; residual ${residual}
  time      ${report.seconds.toFixed(1)} s, heap ${report.heapBeforeMb} MB before, ${report.heapAfterMb} MB after
${report.ok ? 'Every frame is accounted for.' : 'NOT accounted for.'}
`;
}
