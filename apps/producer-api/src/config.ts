import { kafkaVariables } from '@trending/kafka';
import { AppError, listOf, readConfig } from '@trending/runtime';
import type { FamilyId } from '@trending/schemas/addresses';
import { chainOf } from '@trending/schemas/addresses';
import { type Static, Type } from 'typebox';

const text = (value: string, description: string) => Type.String({ default: value, description });
const count = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 0, description });

/** Environment of the producer-api; descriptions feed the configuration table. */
export const configSchema = Type.Object({
  LOG_LEVEL: text('info', 'trace, debug, info, warn, error or fatal'),
  HOST: text('127.0.0.1', 'Address to listen on'),
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65535, description: 'HTTP port' }),
  ...kafkaVariables,
  REGISTRY_URL: text('http://127.0.0.1:8081/apis/ccompat/v7', 'Schema registry (Confluent API)'),
  TOPIC_PREFIX: text(
    '',
    'Put before every topic, subject and group: isolates copies on one broker',
  ),
  API_KEYS: text(
    '',
    'Keys of backends, as name:scope+scope:sha256hex separated by commas; scopes publish, backfill, admin',
  ),
  API_KEYS_FILE: text(
    '',
    'Keys of backends made with `npm run keys`, looked at every second; empty = none',
  ),
  ALLOWED_ORIGINS: text(
    '*',
    'Origins whose pages may publish without a key, separated by commas; * allows all',
  ),
  VIEW_TOKENS_REQUIRED: Type.Boolean({
    default: false,
    description: 'Pages need a view token of their backend to publish; false = it is welcome',
  }),
  VIEW_TOKEN_SECRETS: text(
    '',
    'Secret of view tokens, or new,old while one replaces the other, the same for every copy; empty = made from HASH_SECRET',
  ),
  VIEW_TOKEN_SECRETS_FILE: text(
    '',
    'File that holds VIEW_TOKEN_SECRETS instead, looked at every second; empty = none',
  ),
  HASH_SECRET: text(
    '',
    'Key of viewer and network hashes, the same for every copy; empty = random, so hashes change at each start',
  ),
  TRUST_PROXY: Type.String({
    default: '',
    pattern: '^$|^[0-9]{1,2}$|^[0-9a-fA-F.:/, ]+$|^(loopback|linklocal|uniquelocal)$',
    description: 'Proxies whose X-Forwarded-For is believed: hop count or CIDR list; empty = none',
  }),
  DEFAULT_CHAINS: Type.String({
    default: 'evm=eth,solana=sol,tron=tron,ton=ton,bitcoin=btc',
    pattern: '^$|^[a-z]+=[a-z0-9-]+(,[a-z]+=[a-z0-9-]+)*$',
    description:
      'Chain taken for an address given without one, per family: evm, solana, tron, ton, bitcoin, move',
  }),
  FILTER_HTTP_TOOLS: Type.Boolean({
    default: false,
    description:
      'Treat anonymous curl, scripts and missing user agents as robots; set it on a public site',
  }),
  RATE_LIMIT_PER_MINUTE: count(3_000, 'Requests a minute of one anonymous address or IPv6 /64'),
  NETWORK_VIEWS_PER_MINUTE: count(30_000, 'Views a minute of one anonymous network (/24 or /48)'),
  VIEWER_VIEWS_PER_MINUTE: count(
    1_200,
    'Views a minute of one anonymous viewer (address and user agent)',
  ),
  IN_FLIGHT_VIEWS_MAX: count(20_000, 'Views waiting for the brokers before new ones get 503'),
  WAIT_MAX_MS: count(
    500,
    'Wait for an answer above which a share of the requests gets 503 at once; 0 = never',
  ),
  RECENT_EVENTS_MAX: count(100_000, 'Event ids remembered to answer retries with `duplicate`'),
  EVENT_LOOP_DELAY_MAX_MS: count(250, 'Event-loop delay above which requests get 503; 0 = never'),
  CONNECTIONS_MAX: count(10_000, 'Open sockets'),
  DRAIN_MS: count(0, 'Wait between readiness turning red and closing the port, for load balancers'),
});

export type Config = Readonly<Static<typeof configSchema>>;

/** @throws AppError CONFIG_INVALID naming every wrong variable. */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  return readConfig(configSchema, { env });
}

/** Where `npm run keys` finds the keys file when it is not told; undefined = nowhere. */
export function keysFileOfEnv(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return env['API_KEYS_FILE'] || undefined;
}

export { listOf, trustProxyOf } from '@trending/runtime';

/** `family=chain` pairs. @throws AppError CONFIG_INVALID for a chain that is not of that family. */
export function defaultChainsOf(value: string): ReadonlyMap<FamilyId, string> {
  return new Map(
    listOf(value).map((pair) => {
      const [family = '', name = ''] = pair.split('=');
      const chain = chainOf(name);
      if (chain !== undefined && chain.family === family) return [chain.family, chain.slug];
      throw new AppError({
        code: 'CONFIG_INVALID',
        message: `DEFAULT_CHAINS: ${name} is not a chain of the family ${family}.`,
      });
    }),
  );
}
