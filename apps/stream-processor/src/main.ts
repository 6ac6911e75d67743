import { createKafkaLog, createRegistry } from '@trending/kafka';
import {
  crash,
  createLogger,
  createMetrics,
  opsServer,
  runService,
  systemClock,
} from '@trending/runtime';
import { processConfig } from './config.ts';
import { createAggregateRole } from './tasks/aggregate-role.ts';
import { createRankRole } from './tasks/rank-role.ts';

const config = processConfig();
const logger = createLogger({ service: 'stream-processor', level: config.LOG_LEVEL });
const metrics = createMetrics('stream-processor');
const log = createKafkaLog({ brokers: config.brokers, clientId: config.clientId, logger });
const deps = {
  log,
  registry: createRegistry({ url: config.REGISTRY_URL, logger }),
  logger,
  metrics,
  clock: systemClock,
  topicPrefix: config.TOPIC_PREFIX,
  crash: (error: unknown): never => crash(logger, error),
};
const factories = {
  aggregate: () => createAggregateRole(deps),
  rank: () => createRankRole(deps),
};
const roles = config.roles.flatMap((name) => (name === 'sink' ? [] : [factories[name]()]));
const ops = opsServer({
  host: config.HOST,
  port: config.PORT,
  metrics,
  live: roles.flatMap(({ live }) => live),
  ready: roles.flatMap(({ ready }) => ready),
});
const connection = { name: 'log', start: async () => undefined, stop: () => log.close() };

await runService({ logger, parts: [connection, ops, ...roles] });
