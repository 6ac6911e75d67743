import { kafkaVariables } from '@trending/kafka';
import { readConfig } from '@trending/runtime';
import { type Static, Type } from 'typebox';

const text = (value: string, description: string) => Type.String({ default: value, description });

/** Of a server of ours as browsers reach it; empty for none. */
const baseUrl = '^$|^https?://[a-zA-Z0-9.:\\[\\]-]+(/[^\\s;,]*)?$';

/** Environment of the push-gateway; descriptions feed the configuration table. */
export const configSchema = Type.Object({
  LOG_LEVEL: text('info', 'trace, debug, info, warn, error or fatal'),
  HOST: text('127.0.0.1', 'Address to listen on'),
  PORT: Type.Integer({ default: 3002, minimum: 0, maximum: 65535, description: 'HTTP port' }),
  ...kafkaVariables,
  REGISTRY_URL: text('http://127.0.0.1:8081/apis/ccompat/v7', 'Schema registry (Confluent API)'),
  TOPIC_PREFIX: text(
    '',
    'Put before every topic, subject and group: isolates copies on one broker',
  ),
  CLICKHOUSE_URL: text('http://127.0.0.1:8123', 'HTTP interface of ClickHouse, for history'),
  CLICKHOUSE_USER: text('default', 'User that may read'),
  CLICKHOUSE_PASSWORD: text('', 'Password of that user'),
  CLICKHOUSE_DATABASE: text('trending', 'Database of the tables'),
  ALLOWED_ORIGINS: text(
    '*',
    'Origins whose pages may read and subscribe, separated by commas; * allows all',
  ),
  DEMO_URL: Type.String({
    default: '',
    pattern: baseUrl,
    description: 'Base URL of the demo traffic control server; empty = no demo',
  }),
  PUBLISH_URL: Type.String({
    default: '',
    pattern: baseUrl,
    description:
      'Base URL of the producer-api as browsers reach it, for links of the page /developers; empty = told in words',
  }),
  PROCESSOR_URLS: Type.String({
    default: '',
    pattern: '^$|^https?://[^\\s,]+(,\\s*https?://[^\\s,]+){0,31}$',
    description: 'Ops ports of the stream-processors, for the page /ops; separated by commas',
  }),
  TRUST_PROXY: Type.String({
    default: '',
    pattern: '^$|^[0-9]{1,2}$|^[0-9a-fA-F.:/, ]+$|^(loopback|linklocal|uniquelocal)$',
    description: 'Proxies whose X-Forwarded-For is believed: hop count or CIDR list; empty = none',
  }),
  RATE_LIMIT_PER_MINUTE: Type.Integer({
    default: 6_000,
    minimum: 1,
    description: 'Requests a minute of one address or IPv6 /64',
  }),
  EVENT_LOOP_DELAY_MAX_MS: Type.Integer({
    default: 1_000,
    minimum: 0,
    description: 'Event-loop delay above which REST requests get 503; 0 = never',
  }),
  PRIVATE_BOARDS: text(
    '',
    'Boards that need a token: formula:<id>, category:<name>, chain:<name>, * allowed at the end; separated by commas',
  ),
  ACCESS_KEYS: text(
    '',
    'Lasting tokens for private boards and operators, as name:pattern+pattern:sha256hex separated by commas',
  ),
  ACCESS_KEYS_FILE: text(
    '',
    'File that holds ACCESS_KEYS instead, looked at every second; empty = none',
  ),
  ACCESS_SECRETS: text(
    '',
    'Secrets of signed tokens for private boards and operators, of 32 characters or more, separated by commas; the first signs',
  ),
  ACCESS_SECRETS_FILE: text(
    '',
    'File that holds ACCESS_SECRETS instead, looked at every second; empty = none',
  ),
  CONNECTIONS_PER_ADDRESS_MAX: Type.Integer({
    default: 1_000,
    minimum: 0,
    description: 'Open push connections of one address or IPv6 /64; 0 = any number',
  }),
  CONNECTION_ATTEMPTS_PER_MINUTE: Type.Integer({
    default: 3_000,
    minimum: 0,
    description: 'Push connections one address or IPv6 /64 may begin in a minute; 0 = any number',
  }),
  CONNECTIONS_MAX: Type.Integer({ default: 20_000, minimum: 1, description: 'Open sockets' }),
});

export type Config = Readonly<Static<typeof configSchema>>;

/** @throws AppError CONFIG_INVALID naming every wrong variable. */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  return readConfig(configSchema, { env });
}

export { listOf, trustProxyOf } from '@trending/runtime';

export function clickHouseOf(config: Config) {
  return {
    url: config.CLICKHOUSE_URL,
    username: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    database: config.CLICKHOUSE_DATABASE,
  };
}
