import { createKafkaLog, createRegistry, kafkaConnectionOf } from '@trending/kafka';
import { createLogger, httpPart, printConfig, runService, systemClock } from '@trending/runtime';
import { createProducerApp } from './app.ts';
import { loadConfig } from './config.ts';

const config = loadConfig();
const kafka = kafkaConnectionOf(config);
if (process.argv.includes('--print-config')) {
  process.stdout.write(`${printConfig(config)}\n`);
  process.exit(0);
}
const isDocumentOnly = process.argv.includes('--print-openapi');
const level = isDocumentOnly ? 'silent' : config.LOG_LEVEL;
const logger = createLogger({ service: 'producer-api', level });
const log = createKafkaLog({ ...kafka, clientId: 'producer-api', logger });
const serdes = createRegistry({ url: config.REGISTRY_URL, logger });
const producer = await createProducerApp({ config, log, serdes, logger, clock: systemClock });
if (isDocumentOnly) {
  await producer.app.ready();
  process.stdout.write(`${JSON.stringify(producer.app.swagger(), null, 2)}\n`);
  process.exit(0);
}
const connection = { name: 'log', start: async () => undefined, stop: () => log.close() };
const server = httpPart('http', producer.app, { host: config.HOST, port: config.PORT });
const { parts, probe, drain } = producer;
await runService({ logger, parts: [connection, ...parts, server, probe, drain] });
