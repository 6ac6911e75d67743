import { createKafkaLog, createRegistry, kafkaConnectionOf, topicName } from '@trending/kafka';
import { createLogger } from '@trending/runtime';
import { reportFailure } from '@trending/runtime/usage';
import { topics } from '@trending/schemas';
import { runDlq } from './commands.ts';
import { dlqConfig } from './config.ts';
import { dlqCommand } from './options.ts';

async function run(): Promise<string> {
  const command = dlqCommand(process.argv.slice(2), Date.now());
  const config = dlqConfig();
  const logger = createLogger({ service: 'dlq', level: config.LOG_LEVEL });
  const log = createKafkaLog({ ...kafkaConnectionOf(config), clientId: 'dlq', logger });
  try {
    return await runDlq(command, {
      log,
      topic: topicName(topics.deadLetters, config.TOPIC_PREFIX),
      views: () =>
        createRegistry({ url: config.REGISTRY_URL, logger }).serde(
          topics.views,
          config.TOPIC_PREFIX,
        ),
      terminal: process.stderr,
    });
  } finally {
    await log.close();
  }
}

try {
  process.stdout.write(await run());
} catch (error) {
  reportFailure('npm run dlq', error);
}
