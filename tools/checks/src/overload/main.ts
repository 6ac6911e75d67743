import { parseArgs } from 'node:util';
import { createKafkaLog, createRegistry } from '@trending/kafka';
import { createLogger, createProgressBar } from '@trending/runtime';
import { countOf, runCommand } from '@trending/runtime/command-line';
import { type TokenView, topics } from '@trending/schemas';
import { checkConfig } from '../shared/config.ts';
import { type OverloadReport, runOverload } from './run.ts';

const help = `Measures what the stack takes for ten seconds, then offers a multiple of it, and looks for every acknowledged view in the log.

  npm start -- --no-demo       and, elsewhere:
  eval "$(npm run -s status -- --env)"; npm run overload -- --seconds 300 --factor 5

  --seconds N      length of the overload (default 300)
  --factor N       times the measured capacity (default 5)
  --batch N        views in a request (default 20)
  --connections N  open at most (default 2000)
  --json           print JSON
  --help
Exit code 1 if a request timed out, met a 503 without Retry-After, or an acknowledged view is missing, or if the lag stayed longer
than two minutes. Nobody else may publish meanwhile: with views always on their way no lag is ever gone.
`;

await runCommand('overload', async () => {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '300' },
      factor: { type: 'string', default: '5' },
      batch: { type: 'string', default: '20' },
      connections: { type: 'string', default: '2000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { text: help, ok: true };
  const seconds = countOf('seconds', values.seconds, { min: 1, max: 3_600 });
  const factor = countOf('factor', values.factor, { min: 1, max: 100 });
  const batch = countOf('batch', values.batch, { min: 1, max: 1_000 });
  const connections = countOf('connections', values.connections, { min: 1, max: 10_000 });
  const config = checkConfig();
  const logger = createLogger({ service: 'overload', level: config.LOG_LEVEL });
  const log = createKafkaLog({ ...config.kafka, clientId: 'overload', logger });
  const bar = createProgressBar({ label: 'overload', total: seconds, stream: process.stderr });
  try {
    const registry = createRegistry({ url: config.REGISTRY_URL, logger });
    const serde = await registry.serde<TokenView>(topics.views, config.TOPIC_PREFIX);
    const progressed = (elapsed: number) => bar.update(elapsed);
    const settings = { seconds, factor, batch, connections, progressed };
    const report = await runOverload({ log, serde, config }, settings);
    return { text: values.json ? `${JSON.stringify(report)}\n` : textOf(report), ok: report.ok };
  } finally {
    bar.end();
    await log.close();
  }
});

function textOf(report: OverloadReport): string {
  const { capacity, offeredPerSecond, acceptedPerSecond, tally, acked, missing } = report;
  const round = (value: number) => Math.round(value).toLocaleString('en');
  return `capacity ${round(capacity)} views/s; offered ${round(offeredPerSecond)}, accepted ${round(acceptedPerSecond)} views/s
  requests answered 202              ${tally.accepted}
  503 with Retry-After               ${tally.shed}
  503 without                        ${tally.bareShed}
  429                                ${tally.rateLimited}
  timeouts                           ${tally.timeouts}
  connections refused or reset       ${JSON.stringify(tally.broken)}
  other answers                      ${JSON.stringify(tally.other)}
  held back at the connection limit  ${tally.heldBack}
  answer times                       p50 ${round(report.p50Ms)} ms, p99 ${round(report.p99Ms)} ms, longest ${round(report.maxMs)} ms
  of these the generator's own lag   p99 ${round(report.ownLagP99Ms)} ms
  views acknowledged                 ${acked}
  of these not in the log            ${missing}
  lag gone after                     ${report.lagGoneSeconds.toFixed(1)} s
${report.ok ? 'It sheds, and keeps what it acknowledged.' : 'NOT as promised.'}
`;
}
