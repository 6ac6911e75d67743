import { createKafkaLog, createRegistry, type Log } from '@trending/kafka';
import { createLogger, type Logger, systemClock } from '@trending/runtime';
import { reportFailure } from '@trending/runtime/usage';
import { createClickHouseSink } from '../adapters/clickhouse-sink.ts';
import { processConfig } from '../config.ts';
import { textOfGiven } from '../control/given-file.ts';
import { boardVerdictText, verifyBoardRecords } from '../verify/board-records.ts';
import { replayCommand, reportText } from './replay-command.ts';
import { type ReplayOptions, replayHelp, replayOptions } from './replay-options.ts';

async function run(): Promise<string> {
  const options = replayOptions(process.argv.slice(2));
  if (options === 'help') return replayHelp;
  const config = processConfig();
  const logger = createLogger({ service: 'replay', level: 'warn' });
  const log = createKafkaLog({ ...config.kafka, clientId: 'replay', logger });
  try {
    if (options.verify) return await verified(options, { log, logger, config });
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

async function verified(
  { windows, formulas, scopes, prefix, json }: ReplayOptions,
  { log, logger, config }: { log: Log; logger: Logger; config: ReturnType<typeof processConfig> },
): Promise<string> {
  const verdicts = await verifyBoardRecords({
    log,
    registry: createRegistry({ url: config.REGISTRY_URL, logger }),
    logger,
    prefix: prefix ?? config.TOPIC_PREFIX,
    isWanted: ({ window, formula, scope }) =>
      windows.some((name) => name === window) &&
      (formulas?.includes(formula.id) ?? true) &&
      (scopes?.includes(scope) ?? true),
    progressed: (done, partitions) => process.stderr.write(`\r${done} of ${partitions} partitions`),
  });
  process.stderr.write('\n');
  const { text, isWell } = boardVerdictText(verdicts);
  if (!isWell) process.exitCode = 1;
  return json ? `${JSON.stringify(verdicts)}\n` : text;
}

try {
  process.stdout.write(await run());
} catch (error) {
  reportFailure('npm run replay', error);
}
