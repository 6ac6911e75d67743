import { userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaLog, createRegistry } from '@trending/kafka';
import { createLogger, systemClock } from '@trending/runtime';
import { reportFailure } from '@trending/runtime/usage';
import { type Board, type Control, topics } from '@trending/schemas';
import { processConfig } from '../config.ts';
import { type ControlOutcome, runControl } from './commands.ts';
import { textOfGiven } from './given-file.ts';
import { controlCommand, controlHelp } from './options.ts';

async function run(): Promise<ControlOutcome> {
  const user = userInfo().username;
  const command = controlCommand(process.argv.slice(2), { now: systemClock.now(), user });
  if (command.name === 'help') return { text: controlHelp, isWell: true };
  const config = processConfig();
  const logger = createLogger({ service: 'control', level: 'error' });
  const log = createKafkaLog({ ...config.kafka, clientId: 'control', logger });
  const registry = createRegistry({ url: config.REGISTRY_URL, logger });
  const prefix = config.TOPIC_PREFIX;
  try {
    return await runControl(command, {
      ...{ log, logger, prefix, clock: systemClock },
      control: await registry.serde<Control>(topics.control, prefix),
      boards: await registry.serde<Board>(topics.rankings, prefix),
      readFile: textOfGiven,
      delay: (ms) => delay(ms),
    });
  } finally {
    await log.close();
  }
}

try {
  const { text, isWell } = await run();
  process.stdout.write(text);
  if (!isWell) process.exitCode = 1;
} catch (error) {
  reportFailure('npm run control', error);
}
