import { readConfig } from '@trending/runtime';
import Type from 'typebox';

export const configSchema = Type.Object({
  LOG_LEVEL: Type.String({ default: 'info' }),
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ default: 3003, description: 'control server: POST /spike' }),
  PRODUCER_URL: Type.String({
    default: 'http://127.0.0.1:3000',
    description: 'the public publishing API, the only way in',
  }),
  TRENDING_API_KEY: Type.String({
    default: 'trending-dev-key',
    description: 'a key with publish and admin scope',
  }),
  DEMO_VIEWS_PER_SECOND: Type.Number({ default: 200, minimum: 1, maximum: 5000 }),
  DEMO_HISTORY_VIEWS: Type.Integer({
    default: 30_000,
    minimum: 0,
    maximum: 1_000_000,
    description: 'views spread over the last 23 h before the live ones begin',
  }),
  DEMO_SEED: Type.Integer({ default: 1 }),
});

/** Reads the environment; the only place that does. */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env) {
  return readConfig(configSchema, { env });
}
