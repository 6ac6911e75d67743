import { type KafkaConnection, kafkaConnectionOf, kafkaVariables } from '@trending/kafka';
import { type ConfigSource, listOf, readConfig } from '@trending/runtime';
import { type Static, Type } from 'typebox';

const schema = Type.Object({
  LOG_LEVEL: Type.String({ default: 'fatal' }),
  ...kafkaVariables,
  REGISTRY_URL: Type.String({ default: 'http://127.0.0.1:8081/apis/ccompat/v7', minLength: 1 }),
  TOPIC_PREFIX: Type.String({ default: '', pattern: '^[a-z0-9.-]*$' }),
  CLICKHOUSE_URL: Type.String({ default: 'http://127.0.0.1:8123', minLength: 1 }),
  CLICKHOUSE_USER: Type.String({ default: 'default' }),
  CLICKHOUSE_PASSWORD: Type.String({ default: '' }),
  CLICKHOUSE_DATABASE: Type.String({ default: 'trending' }),
  PRODUCER_URL: Type.String({ default: 'http://127.0.0.1:3000' }),
  GATEWAY_URL: Type.String({ default: 'http://127.0.0.1:3002' }),
  PROCESSOR_URLS: Type.String({ default: 'http://127.0.0.1:3001' }),
  TRENDING_API_KEY: Type.String({ default: 'trending-dev-key' }),
});

/** The environment that `npm run -s status -- --env` prints. */
export interface CheckConfig extends Static<typeof schema> {
  readonly kafka: KafkaConnection;
  /** Every process of the aggregate role. */
  readonly processors: readonly string[];
}

/** @throws AppError CONFIG_INVALID */
export function checkConfig(source: ConfigSource = { env: process.env }): CheckConfig {
  const values = readConfig(schema, source);
  return {
    ...values,
    kafka: kafkaConnectionOf(values),
    processors: listOf(values.PROCESSOR_URLS),
  };
}
