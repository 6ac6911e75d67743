import { createKafkaLog, createRegistry } from '@trending/kafka';
import { createLogger, systemClock } from '@trending/runtime';
import { reportFailure } from '@trending/runtime/usage';
import { createClickHouseSink } from '../adapters/clickhouse-sink.ts';
import { processConfig } from '../config.ts';
import { textOfGiven } from '../control/given-file.ts';
import { replayCommand, reportText } from './replay-command.ts';
import { replayHelp, replayOptions } from './replay-options.ts';

async function run(): Promise<string> {
  const options = replayOptions(process.argv.slice(2));
  if (options === 'help') return replayHelp;
  const config = processConfig();
  const logger = createLogger({ service: 'replay', level: 'warn' });
  const log = createKafkaLog({ ...config.kafka, clientId: 'replay', logger });
  try {
    const report = await replayCommand(options, {
      log,
      registry: createRegistry({ url: config.REGISTRY_URL, logger }),
      rows: () =>
        createClickHouseSink({
          url: config.CLICKHOUSE_URL,
          username: config.CLICKHOUSE_USER,
          password: config.CLICKHOUSE_PASSWORD,
          database: config.CLICKHOUSE_DATABASE,
        }),
      readFile: textOfGiven,
      clock: systemClock,
      logger,
      terminal: process.stderr,
      prefix: config.TOPIC_PREFIX,
    });
    return options.json ? `${JSON.stringify(report)}\n` : reportText(report);
  } finally {
    await log.close();
  }
}

try {
  process.stdout.write(await run());
} catch (error) {
  reportFailure('npm run replay', error);
}
