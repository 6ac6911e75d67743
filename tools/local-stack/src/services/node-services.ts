import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  brokerPorts,
  proxyPorts,
  type RoleService,
  roleNames,
  rolePorts,
  secondGatewayPort,
} from '../../preflight/index.mjs';
import { root } from '../paths.ts';
import { brokerNames } from './broker.ts';
import { answersOk } from './probes.ts';
import type { ServiceName, ServiceSpec, StackSettings } from './spec.ts';
import { aggregateUrlsOf, host, urlsOf } from './urls.ts';

/** Development only: publishes, backfills and administers. */
export const developmentApiKey = 'trending-dev-key';

const demoViewsPerSecond = 200;
/** A process that catches up on a busy machine may take this long for a word. */
const aliveWithinMs = 10_000;

/** The shell may be set up for brokers elsewhere; ours want no login. */
const plaintext = {
  KAFKA_SSL: undefined,
  KAFKA_SSL_CA: undefined,
  KAFKA_SASL_MECHANISM: undefined,
  KAFKA_SASL_USERNAME: undefined,
  KAFKA_SASL_PASSWORD: undefined,
} as const;

/** The environment every part of ours gets; anything else the user set passes through. */
function commonEnv(settings: StackSettings): Record<string, string | undefined> {
  const urls = urlsOf(settings.ports);
  return {
    ...settings.env,
    HOST: host,
    KAFKA_BROKERS: bootstrapServers(settings),
    ...plaintext,
    REGISTRY_URL: urls.registryUrl,
    CLICKHOUSE_URL: urls.clickhouseUrl,
    NODE_COMPILE_CACHE: join(settings.cache, 'node-compile'),
  };
}

/** Every broker as host:port, separated by commas. */
export function bootstrapServers({ ports, brokers }: StackSettings): string {
  const all = Array.from({ length: brokers }, (_, index) => brokerPorts(ports, index));
  return all.map(({ kafka }) => `${host}:${kafka}`).join(',');
}

function nodeSpec(
  settings: StackSettings,
  part: Omit<ServiceSpec, 'command' | 'args' | 'cwd'> & { readonly entry: string },
): ServiceSpec {
  const { entry, ...rest } = part;
  return {
    ...rest,
    command: process.execPath,
    args: [...entry.split(' ')],
    cwd: root,
    env: { ...commonEnv(settings), ...part.env },
  };
}

export function clickhouseSpec(settings: StackSettings): ServiceSpec {
  const { clickhouseUrl } = urlsOf(settings.ports);
  return nodeSpec(settings, {
    name: 'clickhouse',
    label: 'clickhouse (chDB 26.7)',
    note: clickhouseUrl,
    url: clickhouseUrl,
    entry: 'tools/local-stack/src/clickhouse-lite/main.ts',
    env: {
      CLICKHOUSE_LITE_PORT: String(settings.ports.clickhouse),
      CLICKHOUSE_LITE_DIR: join(settings.dataFolder, 'clickhouse'),
    },
    needs: [],
    probe: () => answersOk(`${clickhouseUrl}/?query=SELECT%201`),
    readyTimeoutMs: 30_000,
    stopGraceMs: 3_000,
    fix: 'npm rebuild chdb, or npm ci; only glibc Linux and macOS have the engine, elsewhere use STACK=docker',
  });
}

export function provisionSpec(settings: StackSettings): ServiceSpec {
  return nodeSpec(settings, {
    name: 'provision',
    label: 'topics + schemas + tables',
    note: 'created',
    entry: 'tools/provision/src/main.ts all',
    env: {},
    needs: [...brokerNames.slice(0, settings.brokers), 'registry', 'clickhouse'],
    readyTimeoutMs: 60_000,
    stopGraceMs: 1_000,
    fix: settings.keepsData
      ? 'kept data may hold incompatible schemas or an edited migration: use another --data-dir'
      : 'the message above names the topic, schema or migration to mend',
  });
}

/** The page is a browser bundle, the one thing here that must be built; it takes less than the broker's start. */
export function pageSpec(settings: StackSettings): ServiceSpec {
  return nodeSpec(settings, {
    name: 'page',
    label: 'page bundle',
    note: 'built',
    entry: 'apps/push-gateway/build-page.ts',
    env: {},
    needs: [],
    readyTimeoutMs: 60_000,
    stopGraceMs: 1_000,
    fix: 'npm ci, if a package is missing; else the message above names the source file to mend',
  });
}

/** Addresses that only the apps use, when a fault proxy stands between. */
function linkEnv(settings: StackSettings): Record<string, string> {
  if (!settings.proxied) return {};
  const { kafka, registry, clickhouse } = proxyPorts(settings.ports);
  return {
    KAFKA_BROKERS: `${host}:${kafka}`,
    REGISTRY_URL: `http://${host}:${registry}/apis/ccompat/v7`,
    CLICKHOUSE_URL: `http://${host}:${clickhouse}`,
  };
}

interface App {
  readonly name: ServiceName;
  readonly label: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly needs?: readonly ServiceName[];
  readonly entry?: string;
}

function appSpec(settings: StackSettings, app: App): ServiceSpec {
  const url = `http://${host}:${app.port}`;
  return nodeSpec(settings, {
    name: app.name,
    label: app.label,
    note: url,
    url,
    entry: app.entry ?? `apps/${app.name}/src/main.ts`,
    env: { PORT: String(app.port), ...linkEnv(settings), ...app.env },
    needs: app.needs ?? ['provision'],
    probe: () => answersOk(`${url}/readyz`),
    isAlive: () => answersOk(`${url}/livez`, aliveWithinMs),
    findsData: settings.keepsData,
    readyTimeoutMs: 60_000,
    stopGraceMs: 4_000,
    fix: `curl '${url}/readyz?verbose' says what it waits for; see docs/operations.md`,
  });
}

export function appSpecs(settings: StackSettings): ServiceSpec[] {
  const { ports } = settings;
  const digest = createHash('sha256').update(developmentApiKey).digest('hex');
  return [
    appSpec(settings, {
      name: 'producer-api',
      label: 'producer-api',
      port: ports.producer,
      entry: `${roomy} apps/producer-api/src/main.ts`,
      env: {
        API_KEYS: `development:publish+backfill+admin:${digest}`,
        HASH_SECRET: settings.env['HASH_SECRET'] || 'development-only-hash-secret-0123456789',
      },
    }),
    ...processorSpecs(settings),
    ...gatewaySpecs(settings),
  ];
}

function gatewaySpecs(settings: StackSettings): ServiceSpec[] {
  const { ports, demo, splitRoles } = settings;
  const entry = 'apps/push-gateway/src/main.ts';
  const env = {
    DEMO_URL: demo ? urlsOf(ports).demoUrl : '',
    PUBLISH_URL: urlsOf(ports).producerUrl,
    PROCESSOR_URLS: aggregateUrlsOf(ports, splitRoles).join(','),
  };
  const gateway = (name: ServiceName, port: number) =>
    appSpec(settings, { name, label: name, port, entry, needs: ['provision', 'page'], env });
  const first = gateway('push-gateway', ports.gateway);
  return splitRoles ? [first, gateway('push-gateway-2', secondGatewayPort(ports))] : [first];
}

/**
 * What becomes of views and of restoring lives for a moment only: a roomy young generation saves a tenth of the time (docs/figures.md).
 * The same stands in the Dockerfile.
 */
const roomy = '--max-semi-space-size=64';
const processorEntry = `${roomy} apps/stream-processor/src/main.ts`;

/** The processor as one process, or each role by itself so that each can be stopped by itself. */
function processorSpecs(settings: StackSettings): ServiceSpec[] {
  const { ports, splitRoles } = settings;
  const name = 'stream-processor';
  if (!splitRoles)
    return [
      appSpec(settings, {
        ...{ name, label: name, port: ports.processor, env: {} },
        entry: processorEntry,
      }),
    ];
  const portOf = rolePorts(ports);
  return roleNames.map((role: RoleService) => {
    const env = { ROLES: role.replace(/-\d$/, '') };
    return appSpec(settings, {
      name: role,
      label: role,
      port: portOf[role],
      env,
      entry: processorEntry,
    });
  });
}

/** What must be ready before demo traffic begins. */
function trafficNeeds({ splitRoles }: StackSettings): readonly ServiceName[] {
  return [
    'producer-api',
    ...(splitRoles ? roleNames : (['stream-processor'] as const)),
    'push-gateway',
  ];
}

export function demoSpec(settings: StackSettings): ServiceSpec {
  const viewsPerSecond = settings.env['DEMO_VIEWS_PER_SECOND'] || String(demoViewsPerSecond);
  return {
    ...appSpec(settings, {
      name: 'demo-traffic',
      label: 'demo traffic',
      port: settings.ports.demo,
      entry: 'tools/demo-traffic/src/main.ts',
      needs: trafficNeeds(settings),
      env: {
        PRODUCER_URL: urlsOf(settings.ports).producerUrl,
        TRENDING_API_KEY: developmentApiKey,
        DEMO_VIEWS_PER_SECOND: viewsPerSecond,
      },
    }),
    note: `${viewsPerSecond} views/s`,
    stopGraceMs: 1_500,
  };
}
