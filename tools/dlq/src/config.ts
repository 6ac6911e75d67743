import { kafkaVariables } from '@trending/kafka';
import { type ConfigSource, readConfig } from '@trending/runtime';
import { type Static, Type } from 'typebox';

const schema = Type.Object({
  LOG_LEVEL: Type.String({ default: 'error' }),
  ...kafkaVariables,
  REGISTRY_URL: Type.String({ default: 'http://127.0.0.1:8081/apis/ccompat/v7', minLength: 1 }),
  TOPIC_PREFIX: Type.String({ default: '', pattern: '^[a-z0-9.-]*$' }),
});

export type DlqConfig = Readonly<Static<typeof schema>>;

/** @throws AppError CONFIG_INVALID */
export function dlqConfig(source: ConfigSource = { env: process.env }): DlqConfig {
  return readConfig(schema, source);
}
