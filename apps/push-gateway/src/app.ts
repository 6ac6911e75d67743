import { fileURLToPath } from 'node:url';
import { createProgressWatchdog, type Log } from '@trending/kafka';
import {
  type Clock,
  createHttpApp,
  createMetrics,
  Gauge,
  guardMethods,
  type HealthCheck,
  type Logger,
  type Part,
  protectRoutes,
  type Registry,
  registerOpsRoutes,
} from '@trending/runtime';
import type { FastifyInstance } from 'fastify';
import { createAccess } from './access.ts';
import { type BoardSerdes, BoardSource } from './adapters/board-source.ts';
import { Doorkeeper } from './adapters/doorkeeper.ts';
import { createFarewell } from './adapters/farewell.ts';
import { Hub } from './adapters/hub.ts';
import { OriginRule } from './adapters/origin-rule.ts';
import { PastVersions } from './adapters/past-versions.ts';
import { PipelineProbe } from './adapters/pipeline-probe.ts';
import type { Pressure } from './adapters/pressure.ts';
import { PushMetrics } from './adapters/push-metrics.ts';
import { PingTurns } from './adapters/read-proof.ts';
import { attachSocketIo } from './adapters/socket-io.ts';
import { isUpgradeTaken, registerWebSocket } from './adapters/web-socket.ts';
import { type Config, listOf, trustProxyOf } from './config.ts';
import { BoardShelf } from './domain/board-shelf.ts';
import { RecentVersions } from './domain/recent-versions.ts';
import { TokenDirectory } from './domain/token-directory.ts';
import type { History } from './history.ts';
import { boardHtmlRoute } from './routes/board-html.ts';
import { boardsRoute } from './routes/boards.ts';
import type { GatewayParts } from './routes/gateway-parts.ts';
import { historyRoutes } from './routes/history.ts';
import { opsStatusRoute } from './routes/ops.ts';
import { pageRoutes } from './routes/page.ts';
import { problem } from './routes/problems.ts';
import { streamRoute } from './routes/stream.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { trendingRoute } from './routes/trending.ts';

const version = '0.1.0';
const builtPage = fileURLToPath(new URL('../dist/page', import.meta.url));

export interface GatewaySettings {
  readonly config: Config;
  readonly log: Log;
  readonly serdes: () => Promise<BoardSerdes>;
  /** Why the schema registry does not answer, if so: then new schemas wait, and the boards held are served on. */
  readonly registryProblem?: () => string | undefined;
  readonly history: History;
  readonly clock: Clock;
  /** Counts ms, and is never put forward or back; default: the clock. */
  readonly stopwatch?: Clock;
  readonly logger: Logger;
  /** Folder of the built page; default: where the build puts it. */
  readonly pageRoot?: string;
  readonly crashed: (error: Error) => void;
  readonly pressure?: Pressure;
  readonly heartbeatMs?: number;
  readonly sweepMs?: number;
}

export interface Gateway {
  readonly app: FastifyInstance;
  /** To start before and stop after the port. */
  readonly parts: readonly Part[];
  readonly source: BoardSource;
  readonly hub: Hub;
}

/** The whole service without its port: source, hub, three transports, REST, page. Tests use the same function. */
export async function createGateway(settings: GatewaySettings): Promise<Gateway> {
  const { config, clock, stopwatch = clock, history, logger } = settings;
  const registry = createMetrics('push-gateway');
  const { keeper, files } = createAccess(config, logger);
  const directory = new TokenDirectory(undefined, (name) =>
    keeper.everybody.isPublicCategory(name),
  );
  const shelf = new BoardShelf(directory, keeper.everybody);
  const metrics = new PushMetrics(registry);
  const hub = new Hub({ ...settings, shelf, metrics });
  const topicPrefix = config.TOPIC_PREFIX;
  const recent = new RecentVersions();
  const source = new BoardSource({
    ...settings,
    topicPrefix,
    shelf,
    directory,
    recent,
    listener: hub,
    metrics: registry,
  });
  const door = doorkeeperOf(config, clock);
  const turns = new PingTurns();
  const transports = { hub, clock, stopwatch, metrics, keeper, door, turns };
  const app = await httpApp(config, logger);
  const parts: GatewayParts = {
    clock,
    shelf,
    directory,
    past: new PastVersions({ clock, shelf, recent, boardAt: (offset) => source.boardAt(offset) }),
    history,
    keeper,
    transports,
    sourceState: () => source.state,
  };
  const socketIo = attachSocketIo(app.server, transports);
  app.addHook('preClose', createFarewell(app.server, hub, socketIo));
  await registerWebSocket(app, transports);
  await registerApi(app, parts, config);
  const root = settings.pageRoot ?? builtPage;
  const urls = { demoUrl: config.DEMO_URL || null, publishUrl: config.PUBLISH_URL || null };
  await pageRoutes(app, { root, ...urls, version }, parts);
  opsStatusRoute(app, probeOf(settings, source));
  const ready = [...healthOf(settings, source), ...files.map(({ check }) => check)];
  registerOpsRoutes(app, { metrics: registry, live: [], ready });
  measureStaleness(registry, parts);
  const watchdog = createProgressWatchdog({
    ...settings,
    positions: () => source.positions(),
    stalled: settings.crashed,
    waitsFor: settings.registryProblem,
  });
  return { app, parts: [...files, source, watchdog, hub, socketIo], source, hub };
}

function healthOf({ registryProblem }: GatewaySettings, source: BoardSource): HealthCheck[] {
  if (registryProblem === undefined) return [source.health];
  return [source.health, { name: 'registry', isAdvice: true, check: registryProblem }];
}

function doorkeeperOf(config: Config, clock: Clock): Doorkeeper {
  return new Doorkeeper({
    clock,
    origins: new OriginRule(listOf(config.ALLOWED_ORIGINS)),
    trustProxy: trustProxyOf(config.TRUST_PROXY),
    perAddressMax: config.CONNECTIONS_PER_ADDRESS_MAX,
    attemptsPerMinuteMax: config.CONNECTION_ATTEMPTS_PER_MINUTE,
  });
}

function probeOf({ config, log, clock }: GatewaySettings, source: BoardSource): PipelineProbe {
  return new PipelineProbe({
    ...{ log, clock, topicPrefix: config.TOPIC_PREFIX },
    processors: listOf(config.PROCESSOR_URLS).map((url) => url.replace(/\/+$/, '')),
    unreadiness: async () => source.health.check(),
  });
}

function httpApp(config: Config, logger: Logger) {
  return createHttpApp({
    logger,
    version,
    title: 'trending push gateway',
    description:
      'Reads live boards and their history. Errors are RFC 9457 problem documents. Push: Socket.IO namespace /trending, WebSocket /ws/trending, server-sent events below.',
    bodyLimitBytes: 16 * 1024,
    allowedOrigins: listOf(config.ALLOWED_ORIGINS),
    trustProxy: trustProxyOf(config.TRUST_PROXY),
    maxParamLength: 600,
    takesUpgrade: isUpgradeTaken,
    maxConnections: config.CONNECTIONS_MAX,
    openapi: {
      tags: [
        { name: 'boards', description: 'What trends now' },
        { name: 'tokens', description: 'One token on all boards' },
        { name: 'history', description: 'What was, from ClickHouse' },
        { name: 'push', description: 'Boards that update themselves' },
      ],
    },
  });
}

async function registerApi(
  app: FastifyInstance,
  parts: GatewayParts,
  config: Config,
): Promise<void> {
  await app.register(async (api) => {
    await protectRoutes(api, {
      eventLoopDelayMaxMs: config.EVENT_LOOP_DELAY_MAX_MS,
      requestsPerMinute: config.RATE_LIMIT_PER_MINUTE,
      isExempt: () => false,
    });
    const methods = guardMethods(api);
    streamRoute(api, parts);
    await api.register(async (boards) => {
      boards.addHook('onRequest', async () => {
        if (parts.sourceState() === 'running') return;
        throw problem(
          503,
          'catching-up',
          'The boards are still being read; try again in a second.',
        );
      });
      trendingRoute(boards, parts);
      boardsRoute(boards, parts);
      tokenRoutes(boards, parts);
      historyRoutes(boards, parts);
      boardHtmlRoute(boards, parts);
    });
    methods.close();
  });
}

function measureStaleness(registry: Registry, { shelf, clock }: GatewayParts): void {
  new Gauge({
    name: 'trending_board_staleness_seconds',
    help: 'Age of the newest version of the boards over everything',
    labelNames: ['formula', 'window'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { board } of shelf.all()) {
        if (board.scope !== 'all') continue;
        const age = Math.max(0, clock.now() - board.scoredAt) / 1e3;
        this.set({ formula: board.formula.id, window: board.window }, age);
      }
    },
  });
}
