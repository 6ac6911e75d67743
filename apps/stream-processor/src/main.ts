import { createKafkaLog, createRegistry } from '@trending/kafka';
import {
  crash,
  createLogger,
  createMetrics,
  opsServer,
  runService,
  systemClock,
} from '@trending/runtime';
import { clickHouseEnds } from './adapters/clickhouse-ends.ts';
import { patientRegistry } from './adapters/patient-registry.ts';
import { clickHouseOf, processConfig } from './config.ts';
import { createAggregateRole } from './tasks/aggregate-role.ts';
import { createJourneyRole } from './tasks/journey-role.ts';
import { createRankRole, type Role } from './tasks/rank-role.ts';
import { createSinkRole } from './tasks/sink-role.ts';

const config = processConfig();
const logger = createLogger({ service: 'stream-processor', level: config.LOG_LEVEL });
const metrics = createMetrics('stream-processor');
const { kafka, clientId, isSoleInstance, TOPIC_PREFIX: topicPrefix } = config;
const log = createKafkaLog({ ...kafka, clientId, isSoleInstance, logger });
const registry = patientRegistry(createRegistry({ url: config.REGISTRY_URL, logger }), logger);
const dying = (error: unknown): never => crash(logger, error);
const shared = { log, registry, logger, metrics, clock: systemClock, crash: dying, topicPrefix };
const factories = {
  aggregate: () => createAggregateRole(shared),
  journey: () => createJourneyRole(shared),
  rank: () => createRankRole(shared),
  sink: () =>
    createSinkRole({
      ...{ ...shared, ...clickHouseEnds(clickHouseOf(config)) },
      limits: { restMs: config.SINK_REST_MS },
    }),
};
const roles = config.roles.map((name): Role => factories[name]());
const answering = { name: 'registry', check: () => registry.problem() };
const ready = [...roles.flatMap((role) => role.ready), answering];
const health = { live: roles.flatMap((role) => role.live), ready };
const answers = roles.flatMap((role) => role.answers ?? []);
const ops = opsServer({ host: config.HOST, port: config.PORT, metrics, answers, ...health });
const connection = { name: 'log', start: async () => undefined, stop: () => log.close() };

await runService({ logger, parts: [connection, ops, ...roles] });
