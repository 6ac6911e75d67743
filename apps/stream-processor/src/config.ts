import { hostname } from 'node:os';
import { type KafkaConnection, kafkaConnectionOf, kafkaVariables } from '@trending/kafka';
import { AppError, listOf, printConfig, readConfig } from '@trending/runtime';
import { type Static, Type } from 'typebox';
import { type RoleName, roleNames } from './topology.ts';

/** Environment of the stream-processor; descriptions feed the configuration table. */
export const configSchema = Type.Object({
  LOG_LEVEL: Type.String({
    default: 'info',
    description: 'trace, debug, info, warn, error or fatal',
  }),
  HOST: Type.String({
    default: '127.0.0.1',
    minLength: 1,
    description: 'Address to listen on',
  }),
  PORT: Type.Integer({
    default: 3001,
    minimum: 0,
    maximum: 65_535,
    description: 'Health and metrics',
  }),
  ROLES: Type.String({
    default: roleNames.join(','),
    minLength: 1,
    description: 'What this process does, separated by commas',
  }),
  ...kafkaVariables,
  REGISTRY_URL: Type.String({
    default: 'http://127.0.0.1:8081/apis/ccompat/v7',
    pattern: '^https?://',
    description: 'Schema registry (Confluent API)',
  }),
  TOPIC_PREFIX: Type.String({
    default: '',
    pattern: '^[a-z0-9.-]*$',
    description: 'Put before every topic, subject and group: isolates copies on one broker',
  }),
  CLICKHOUSE_URL: Type.String({
    default: 'http://127.0.0.1:8123',
    pattern: '^https?://',
    description: 'Where the sink writes',
  }),
  CLICKHOUSE_USER: Type.String({
    default: 'default',
    minLength: 1,
    description: 'Who writes',
  }),
  CLICKHOUSE_PASSWORD: Type.String({ default: '', description: 'Password of that user' }),
  CLICKHOUSE_DATABASE: Type.String({
    default: 'trending',
    pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    description: 'Database of the tables',
  }),
  SINK_REST_MS: Type.Integer({
    default: 4_000,
    minimum: 0,
    maximum: 60_000,
    description:
      'After an insert its partition gathers for so long, and a second more: few large inserts cost ClickHouse least, history lags by it',
  }),
});

/** The environment, checked, with lists split. */
export interface Config extends Static<typeof configSchema> {
  readonly roles: readonly RoleName[];
  readonly kafka: KafkaConnection;
  /** Names this process to the brokers. */
  readonly clientId: string;
  /** The port is part of the client id and is bound before any group is joined, so nobody else runs under that name. */
  readonly isSoleInstance: boolean;
}

/** @throws AppError CONFIG_INVALID */
export function configOf(env: Readonly<Record<string, string | undefined>>): Config {
  const values = readConfig(configSchema, { env });
  return Object.freeze({
    ...values,
    roles: rolesOf(values.ROLES),
    kafka: kafkaConnectionOf(values),
    clientId: `stream-processor-${hostname()}-${values.PORT}`,
    isSoleInstance: values.PORT !== 0,
  });
}

/** The process's configuration; `--roles a,b` wins over ROLES, `--print-config` prints it redacted and ends the process. */
export function processConfig(): Config {
  const at = process.argv.indexOf('--roles');
  const roles = at < 0 ? {} : { ROLES: process.argv[at + 1] ?? '' };
  const config = configOf({ ...process.env, ...roles });
  if (process.argv.includes('--print-config')) {
    const { roles: _, kafka: _kafka, clientId: _client, isSoleInstance: _sole, ...values } = config;
    process.stdout.write(`${printConfig(values)}\n`);
    process.exit(0);
  }
  return config;
}

/** Where and as whom the sink writes. */
export function clickHouseOf(config: Config) {
  return {
    url: config.CLICKHOUSE_URL,
    username: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    database: config.CLICKHOUSE_DATABASE,
  };
}

function rolesOf(text: string): RoleName[] {
  const names = listOf(text);
  const unknown = names.filter((name) => !roleNames.some((role) => role === name));
  if (names.length === 0 || unknown.length > 0)
    throw new AppError({
      code: 'CONFIG_INVALID',
      message: `ROLES='${text}' is not valid: give one or more of ${roleNames.join(', ')}, separated by commas.`,
    });
  return roleNames.filter((role) => names.includes(role));
}
