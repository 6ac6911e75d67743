import { type ConfigSource, readConfig } from '@trending/runtime';
import Type, { type Static } from 'typebox';

const schema = Type.Object({
  LOG_LEVEL: Type.String({ default: 'info' }),
  HOST: Type.String({ default: '127.0.0.1' }),
  CLICKHOUSE_LITE_PORT: Type.Integer({ default: 8123, minimum: 0, maximum: 65_535 }),
  /** Empty = a temporary directory, removed at the end. */
  CLICKHOUSE_LITE_DIR: Type.String({ default: '' }),
  CLICKHOUSE_LITE_PASSWORD: Type.String({ default: '' }),
  CLICKHOUSE_LITE_ANALYST_PASSWORD: Type.String({ default: '' }),
  CLICKHOUSE_LITE_BODY_BYTES_MAX: Type.Integer({ default: 268_435_456, minimum: 1024 }),
});

export type ClickHouseLiteConfig = Readonly<Static<typeof schema>>;

/** @throws AppError CONFIG_INVALID */
export function clickHouseLiteConfig(source: ConfigSource): ClickHouseLiteConfig {
  return readConfig(schema, source);
}

/** What main.ts runs with. The engine works on libuv's threads, of which Node has four unless told before their first use. */
export function processConfig(threads: number): ClickHouseLiteConfig {
  const name = 'UV_THREADPOOL_SIZE';
  process.env[name] ??= String(threads);
  return clickHouseLiteConfig({ env: process.env });
}
