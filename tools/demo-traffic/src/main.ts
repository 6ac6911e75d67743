import { createLogger, runService, systemClock } from '@trending/runtime';
import { seededRandom } from '@trending/runtime/random';
import { loadConfig } from './config.ts';
import { controlServer } from './control-server.ts';
import { Traffic } from './domain/traffic.ts';
import { historyRate, liveTraffic } from './live-traffic.ts';
import { Publisher } from './publisher.ts';
import { demoTokens } from './tokens.ts';

const config = loadConfig();
const logger = createLogger({ service: 'demo-traffic', level: config.LOG_LEVEL });
const tokens = demoTokens;
const common = { tokens: tokens.length, surgeEveryMs: 15_000 };
const traffic = new Traffic({
  ...common,
  viewsPerSecond: config.DEMO_VIEWS_PER_SECOND,
  botViewsPerSecond: 3,
  random: seededRandom(config.DEMO_SEED),
});
const history = new Traffic({
  ...common,
  viewsPerSecond: historyRate(config.DEMO_HISTORY_VIEWS),
  botViewsPerSecond: 0,
  random: seededRandom(config.DEMO_SEED),
});
const publisher = new Publisher({
  url: config.PRODUCER_URL,
  apiKey: config.TRENDING_API_KEY,
  tokens,
  logger,
});
const live = liveTraffic({
  traffic,
  history,
  historyViews: config.DEMO_HISTORY_VIEWS,
  publisher,
  clock: systemClock,
  logger,
});
const listen = { host: config.HOST, port: config.PORT };
const control = await controlServer({
  traffic,
  tokens,
  isLive: live.isLive,
  now: systemClock.now,
  logger,
  listen,
});

await runService({ logger, parts: [control, live] });
