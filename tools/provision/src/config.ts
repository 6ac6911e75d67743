import { type ConfigSource, listOf, readConfig } from '@trending/runtime';
import { defaultViewPartitions } from '@trending/schemas';
import { type Static, Type } from 'typebox';

const schema = Type.Object({
  LOG_LEVEL: Type.String({ default: 'fatal' }),
  KAFKA_BROKERS: Type.String({ default: '127.0.0.1:9092', minLength: 1 }),
  REGISTRY_URL: Type.String({ default: 'http://127.0.0.1:8081/apis/ccompat/v7', minLength: 1 }),
  TOPIC_PREFIX: Type.String({ default: '', pattern: '^[a-z0-9.-]*$' }),
  VIEW_PARTITIONS: Type.Integer({ default: defaultViewPartitions, minimum: 1, maximum: 1_000 }),
  CLICKHOUSE_URL: Type.String({ default: 'http://127.0.0.1:8123', minLength: 1 }),
  CLICKHOUSE_USER: Type.String({ default: 'default' }),
  CLICKHOUSE_PASSWORD: Type.String({ default: '' }),
  CLICKHOUSE_DATABASE: Type.String({ default: 'trending' }),
});

export type ProvisionConfig = Readonly<Static<typeof schema>>;

export function provisionConfig(source: ConfigSource = { env: process.env }): ProvisionConfig {
  return readConfig(schema, source);
}

export function brokersOf({ KAFKA_BROKERS }: ProvisionConfig): string[] {
  return listOf(KAFKA_BROKERS);
}
