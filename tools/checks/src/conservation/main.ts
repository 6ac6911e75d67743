import { parseArgs } from 'node:util';
import { createKafkaLog } from '@trending/kafka';
import { createLogger } from '@trending/runtime';
import { countOf, runCommand } from '@trending/runtime/command-line';
import { checkConfig } from '../shared/config.ts';
import { balanceText } from './balance.ts';
import { checkConservation } from './standstill.ts';

const help = `Checks that every record of the views topic has exactly one fate, and one row in ClickHouse if it can be decoded.

  eval "$(npm run -s status -- --env)"; npm run conservation

  accepted = counted + late + duplicate + filtered + dead-lettered, per partition, against the log's end offsets, the
  dead-letter topic and ClickHouse. Exit code 1 when anything is missing or double once the log stands still.

  --wait N     seconds to wait for a standstill (default 30)
  --json       print JSON
  --help
PROCESSOR_URLS names every process of the aggregate role, separated by commas.
`;

const sentence = {
  balanced: 'Every record has one fate and one place: residual 0.',
  moving:
    'The log moves: only residuals and double rows were judged, and there are none. Stop the publishers.',
  broken: 'NOT balanced: see the verdicts.',
};

await runCommand('conservation', async () => {
  const { values } = parseArgs({
    options: {
      wait: { type: 'string', default: '30' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { text: help, ok: true };
  const waitMs = countOf('wait', values.wait, { min: 0, max: 86_400 }) * 1_000;
  const config = checkConfig();
  const logger = createLogger({ service: 'conservation', level: config.LOG_LEVEL });
  const log = createKafkaLog({ ...config.kafka, clientId: 'conservation', logger });
  try {
    const { balances, verdict } = await checkConservation(log, config, waitMs);
    const text = values.json
      ? `${JSON.stringify({ verdict, balances })}\n`
      : `${balanceText(balances)}${sentence[verdict]}\n`;
    return { text, ok: verdict !== 'broken' };
  } finally {
    await log.close();
  }
});
