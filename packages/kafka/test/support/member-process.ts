import { createKafkaLog } from '../../src/index.ts';
import { quietLogger } from './quiet-logger.ts';

/** A process of its own that joins a group, says so, and stays until it is killed: brokers, client id and topic as arguments. */
const [brokers = '', clientId = '', topic = ''] = process.argv.slice(2);
const log = createKafkaLog({ brokers: brokers.split(','), clientId, logger: quietLogger });
await log.runGroup({
  groupId: topic,
  topics: [topic],
  crashed: () => process.exit(1),
  assigned: async () => new Map(),
  batch: async () => undefined,
});
process.stdout.write('joined\n');
