import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createKafkaLog, createRegistry } from '@trending/kafka';
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
import { clickHouseOf, listOf, loadConfig } from './config.ts';

const config = loadConfig();
if (process.argv.includes('--print-config')) {
  process.stdout.write(`${printConfig(config)}\n`);
  process.exit(0);
}
const logger = createLogger({ service: 'push-gateway', level: config.LOG_LEVEL });
const brokers = listOf(config.KAFKA_BROKERS);
const log = createKafkaLog({ brokers, clientId: 'push-gateway', logger });
const history = new ClickHouseHistory({ ...clickHouseOf(config), logger });
const gateway = await createGateway({
  config,
  log,
  serdes: registrySerdes(createRegistry({ url: config.REGISTRY_URL, logger }), config.TOPIC_PREFIX),
  history,
  clock: systemClock,
  logger,
  instance: randomUUID(),
  pageRoot: fileURLToPath(new URL('../dist/page', import.meta.url)),
  version: '0.1.0',
  crashed: (error) => crash(logger, error),
});
const connection = { name: 'log', start: async () => undefined, stop: () => log.close() };
const server = httpPart('http', gateway.app, { host: config.HOST, port: config.PORT });
await runService({ logger, parts: [connection, history, ...gateway.parts, server] });
