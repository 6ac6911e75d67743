import { createKafkaLog, createRegistry } from '@trending/kafka';
import { createLogger, systemClock } from '@trending/runtime';
import { processConfig } from '../config.ts';
import { verdictText, verifyState } from './verify-command.ts';

const help = `Compares the counting state with a rebuild from the views, cell by cell.

npm run verify-state [-- --json]

Reads the checkpoint log and the newest candidate sets of every partition, folds token.views.v1 anew from the oldest view that
matters, and compares: every pane of every token, every viewer, and every candidate set byte by byte. Writes nothing; may run beside
a running service. KAFKA_BROKERS and REGISTRY_URL say where. Exit code 1 when anything differs, or when nothing of a partition with
records could be compared.
`;

const args = process.argv.slice(2);
if (args.includes('--help')) process.stdout.write(help);
else if (args.some((arg) => arg !== '--json')) {
  process.stderr.write(`unknown option ${args.find((arg) => arg !== '--json')}\n${help}`);
  process.exitCode = 2;
} else await run();

async function run(): Promise<void> {
  const config = processConfig();
  const logger = createLogger({ service: 'verify-state', level: 'warn' });
  const log = createKafkaLog({ ...config.kafka, clientId: 'verify-state', logger });
  try {
    const verdicts = await verifyState({
      log,
      registry: createRegistry({ url: config.REGISTRY_URL, logger }),
      clock: systemClock,
      logger,
      prefix: config.TOPIC_PREFIX,
      progressed: (done, partitions) =>
        process.stderr.write(`\r${done} of ${partitions} partitions`),
    });
    process.stderr.write('\n');
    const { text, isWell } = verdictText(verdicts);
    process.stdout.write(args.includes('--json') ? `${JSON.stringify(verdicts)}\n` : text);
    if (!isWell) process.exitCode = 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await log.close();
  }
}
