import { migrate } from '@trending/clickhouse';
import { applySchemas, checkSchemas, createKafkaLog, topicSpecs } from '@trending/kafka';
import { createLogger, type Logger } from '@trending/runtime';
import { brokersOf, type ProvisionConfig } from './config.ts';

export const commands = ['topics', 'schemas', 'check', 'clickhouse'] as const;
export type Command = (typeof commands)[number];

/** One thing looked after: its name, whether all is well, and a few words. */
export interface Outcome {
  readonly command: Command;
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Runs one step; every step may run again at any time. @throws AppError with what to do. */
export function provision(command: Command, config: ProvisionConfig): Promise<Outcome[]> {
  const logger = createLogger({ service: 'provision', level: config.LOG_LEVEL });
  return steps[command](config, logger);
}

type Step = (config: ProvisionConfig, logger: Logger) => Promise<Outcome[]>;

const steps: Readonly<Record<Command, Step>> = {
  topics: applyTopics,
  schemas: registerSchemas,
  check: compareSchemas,
  clickhouse: migrateClickHouse,
};

async function applyTopics(config: ProvisionConfig, logger: Logger): Promise<Outcome[]> {
  const specs = topicSpecs({
    prefix: config.TOPIC_PREFIX,
    viewPartitions: config.VIEW_PARTITIONS,
  });
  const log = createKafkaLog({ brokers: brokersOf(config), clientId: 'provision', logger });
  try {
    await log.ensureTopics(specs);
  } finally {
    await log.close();
  }
  return specs.map((spec) => ({
    command: 'topics',
    name: spec.name,
    ok: true,
    detail: `${spec.partitions} ${spec.partitions === 1 ? 'partition' : 'partitions'}, ${spec.config['cleanup.policy']}`,
  }));
}

async function registerSchemas(config: ProvisionConfig, logger: Logger): Promise<Outcome[]> {
  const applied = await applySchemas(registryOf(config, logger));
  return applied.map(({ subject, id }) => ({
    command: 'schemas',
    name: subject,
    ok: true,
    detail: `id ${id}, FULL_TRANSITIVE`,
  }));
}

async function compareSchemas(config: ProvisionConfig, logger: Logger): Promise<Outcome[]> {
  const checked = await checkSchemas(registryOf(config, logger));
  return checked.map(({ subject, isCompatible, isRegistered, messages }) => ({
    command: 'check',
    name: subject,
    ok: isCompatible,
    detail: isCompatible
      ? `compatible, ${isRegistered ? 'registered' : 'not registered yet'}`
      : `would make old records unreadable: ${messages.join('; ')}`,
  }));
}

async function migrateClickHouse(config: ProvisionConfig, logger: Logger): Promise<Outcome[]> {
  await migrate({
    url: config.CLICKHOUSE_URL,
    username: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    database: config.CLICKHOUSE_DATABASE,
    logger,
  });
  const name = config.CLICKHOUSE_DATABASE;
  return [{ command: 'clickhouse', name, ok: true, detail: 'migrated' }];
}

function registryOf(config: ProvisionConfig, logger: Logger) {
  return { url: config.REGISTRY_URL, prefix: config.TOPIC_PREFIX, logger };
}
