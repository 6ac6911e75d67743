import { createKafkaLog, createRegistry, kafkaConnectionOf } from '@trending/kafka';
import {
  crash,
  createLogger,
  httpPart,
  printConfig,
  runService,
  systemClock,
} from '@trending/runtime';
import { ClickHouseHistory } from './adapters/clickhouse-history.ts';
import { registrySerdes } from './adapters/registry-serdes.ts';
import { createGateway } from './app.ts';
import { clickHouseOf, loadConfig } from './config.ts';

const config = loadConfig();
const kafka = kafkaConnectionOf(config);
if (process.argv.includes('--print-config')) {
  process.stdout.write(`${printConfig(config)}\n`);
  process.exit(0);
}
const isPrinting = process.argv.includes('--print-openapi');
// Log lines would get into the document.
const logger = createLogger({
  service: 'push-gateway',
  level: isPrinting ? 'silent' : config.LOG_LEVEL,
});
const log = createKafkaLog({ ...kafka, clientId: 'push-gateway', logger });
const registry = createRegistry({ url: config.REGISTRY_URL, logger });
const history = new ClickHouseHistory({ ...clickHouseOf(config), logger });
const gateway = await createGateway({
  config,
  log,
  serdes: registrySerdes(registry, config.TOPIC_PREFIX),
  registryProblem: () => registry.problem(),
  history,
  clock: systemClock,
  stopwatch: { now: () => performance.now() },
  logger,
  crashed: (error) => crash(logger, error),
});
if (isPrinting) {
  await gateway.app.ready();
  process.stdout.write(`${JSON.stringify(gateway.app.swagger())}\n`);
  process.exit(0);
}
const connection = { name: 'log', start: async () => undefined, stop: () => log.close() };
const server = httpPart('http', gateway.app, {
  ...{ host: config.HOST, port: config.PORT },
  acceptors: 16,
});
await runService({ logger, parts: [connection, history, ...gateway.parts, server] });
