import type { Log } from '@trending/kafka';
import {
  type Clock,
  createHttpApp,
  createMetrics,
  guardMethods,
  type Logger,
  type Part,
  protectRoutes,
  registerOpsRoutes,
} from '@trending/runtime';
import { longestAddress, type TokenMetadata, topics } from '@trending/schemas';
import { addressCodecs } from '@trending/schemas/addresses';
import type { FastifyInstance } from 'fastify';
import { type Access, createAccess } from './access.ts';
import { createPublishMetrics } from './adapters/publish-metrics.ts';
import { createSelfProbe } from './adapters/self-probe.ts';
import { createTokenLookup } from './adapters/token-cache.ts';
import { createTopicWriter, type SerdeSource } from './adapters/topic-writer.ts';
import { createViewPublisher } from './adapters/view-publisher.ts';
import { createViewerHashes } from './adapters/viewer-hashes.ts';
import { type Config, defaultChainsOf, listOf, trustProxyOf } from './config.ts';
import { Admission } from './domain/admission.ts';
import { RecentEvents } from './domain/recent-events.ts';
import { identifyCallers } from './routes/callers.ts';
import { openapi } from './routes/documentation.ts';
import { guardDoor } from './routes/door.ts';
import type { Publishing } from './routes/publishing.ts';
import { createQuotas } from './routes/quotas.ts';
import { type MetadataParts, tokenRoutes } from './routes/tokens.ts';
import { importRoute } from './routes/tokens-import.ts';
import { viewRoute } from './routes/view.ts';
import { viewTokensRoute } from './routes/view-tokens.ts';
import { viewsRoute } from './routes/views-batch.ts';

export interface ProducerSettings {
  readonly config: Config;
  readonly log: Log;
  readonly serdes: SerdeSource;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface ProducerApp {
  readonly app: FastifyInstance;
  /** To start before and stop after the port: the writers. */
  readonly parts: readonly Part[];
  /** To start last and stop first: turns readiness red and waits for load balancers. */
  readonly drain: Part;
  /** To start after and stop before the port: measures how long requests wait. */
  readonly probe: Part;
}

/** The whole service without its port: routes, writers, health. Tests inject requests into it. */
export async function createProducerApp(settings: ProducerSettings): Promise<ProducerApp> {
  const { config, clock, logger } = settings;
  const app = await createHttpApp({
    logger,
    title: 'trending producer API',
    description: 'Takes views of token maps in. Errors are RFC 9457 problem documents.',
    version: '1.0.0',
    bodyLimitBytes: 16 * 1024,
    allowedOrigins: listOf(config.ALLOWED_ORIGINS),
    trustProxy: trustProxyOf(config.TRUST_PROXY),
    maxParamLength: 4 * longestAddress,
    maxConnections: config.CONNECTIONS_MAX,
    closeSockets: 'idle',
    openapi,
  });
  const registry = createMetrics('producer-api');
  const metrics = createPublishMetrics(registry);
  const log = { ...settings, prefix: config.TOPIC_PREFIX };
  const inFlightMax = config.IN_FLIGHT_VIEWS_MAX;
  const publisher = createViewPublisher({ ...log, metrics, inFlightMax });
  const writer = createTopicWriter<TokenMetadata>({ ...log, topic: topics.metadata });
  const secret = hashSecret(config, logger);
  const intake = intakeParts(config, secret);
  const access = createAccess({ config, logger, clock, secret });
  const quotas = createQuotas({
    networkViewsPerMinute: config.NETWORK_VIEWS_PER_MINUTE,
    viewerViewsPerMinute: config.VIEWER_VIEWS_PER_MINUTE,
  });
  const areTokensRequired = config.VIEW_TOKENS_REQUIRED;
  const admission = new Admission(config.WAIT_MAX_MS);
  metrics.watchShare(() => admission.share);
  await registerApi(app, config, {
    admission,
    access,
    publishing: { intake, publisher, metrics, quotas, clock, areTokensRequired },
    metadata: { tokens: intake.tokens, writer, metrics, clock },
  });
  const drain = drainPart(config.DRAIN_MS);
  const metadataLog = { name: 'metadata-log', check: () => writer.missing() };
  const { files } = access;
  const ready = [...publisher.ready, metadataLog, drain.check, ...files.map(({ check }) => check)];
  registerOpsRoutes(app, { metrics: registry, live: [], ready });
  const probe = createSelfProbe({
    server: app.server,
    waited(waitMs, isNews) {
      if (isNews) admission.adjust(Math.max(waitMs, publisher.takeMeanWaitMs()));
    },
  });
  return { app, parts: [...files, ...publisher.parts, writer], drain, probe };
}

function hashSecret(config: Config, logger: Logger): string {
  if (config.HASH_SECRET !== '') return config.HASH_SECRET;
  logger.warn(
    'HASH_SECRET is empty: viewer hashes change at every start and differ between copies',
  );
  return crypto.randomUUID();
}

function intakeParts(config: Config, secret: string): Publishing['intake'] {
  return {
    tokens: createTokenLookup({
      codecs: addressCodecs,
      defaultChains: defaultChainsOf(config.DEFAULT_CHAINS),
    }),
    hashes: createViewerHashes(secret),
    recent: new RecentEvents(Math.ceil(config.RECENT_EVENTS_MAX / 2)),
    robots: { areHttpToolsRobots: config.FILTER_HTTP_TOOLS },
  };
}

interface Routes {
  readonly admission: Admission;
  readonly access: Access;
  readonly publishing: Publishing;
  readonly metadata: MetadataParts;
}

async function registerApi(app: FastifyInstance, config: Config, routes: Routes): Promise<void> {
  await app.register(async (api) => {
    guardDoor(api, routes.admission, routes.publishing.metrics.turnedAway);
    identifyCallers(api, routes.access);
    await protectRoutes(api, {
      eventLoopDelayMaxMs: config.EVENT_LOOP_DELAY_MAX_MS,
      requestsPerMinute: config.RATE_LIMIT_PER_MINUTE,
      isExempt: (request) => request.caller.kind === 'key',
    });
    const methods = guardMethods(api);
    viewRoute(api, routes.publishing);
    await viewsRoute(api, routes.publishing);
    viewTokensRoute(api, { ...routes.access, publishing: routes.publishing });
    tokenRoutes(api, routes.metadata);
    importRoute(api, routes.metadata);
    methods.close();
  });
}

function drainPart(
  drainMs: number,
): Part & { readonly check: { name: string; check(): string | undefined } } {
  let isStopping = false;
  return {
    name: 'drain',
    async start() {
      isStopping = false;
    },
    async stop() {
      isStopping = true;
      if (drainMs > 0) await new Promise((resolve) => setTimeout(resolve, drainMs));
    },
    check: { name: 'accepting', check: () => (isStopping ? 'the service is stopping' : undefined) },
  };
}
