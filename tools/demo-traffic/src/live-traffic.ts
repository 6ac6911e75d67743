import type { Clock, Logger, Part } from '@trending/runtime';
import type { Traffic } from './domain/traffic.ts';
import type { Publisher } from './publisher.ts';

export interface LiveTrafficDeps {
  readonly traffic: Traffic;
  readonly history: Traffic;
  readonly historyViews: number;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly logger: Logger;
}

const tickMs = 100;
const historyMs = 23 * 3_600_000;
const historySteps = 24 * 12;

/** First a thin past day, so that longer windows and charts have something to show; then live views, a tick at a time. */
export function liveTraffic(deps: LiveTrafficDeps): Part & { readonly isLive: () => boolean } {
  const { traffic, publisher, clock, logger } = deps;
  let running = false;
  let live = false;
  let loop: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    await publisher.importTokens();
    await publishHistory(deps, () => running);
    live = true;
    let from = clock.now();
    logger.info('live traffic');
    while (running) {
      await new Promise((resolve) => setTimeout(resolve, tickMs));
      const to = clock.now();
      // After an outage of the API the gap is skipped: visitors of a site that is down go away.
      await publisher.publish(traffic.between(Math.max(from, to - 1_000), to));
      from = to;
    }
  }

  return {
    name: 'live-traffic',
    isLive: () => live,
    async start() {
      if (running) return;
      running = true;
      loop = run();
    },
    async stop() {
      running = false;
      await loop;
    },
  };
}

async function publishHistory(deps: LiveTrafficDeps, isRunning: () => boolean): Promise<void> {
  if (deps.historyViews === 0) return;
  const end = deps.clock.now();
  const stepMs = historyMs / historySteps;
  for (let step = 0; step < historySteps && isRunning(); step += 1) {
    const from = Math.floor(end - historyMs + step * stepMs);
    await deps.publisher.publish(deps.history.between(from, Math.floor(from + stepMs)));
  }
  deps.logger.info({ views: deps.publisher.accepted }, 'history published');
}

/** Views a second of the thin past day. */
export function historyRate(views: number): number {
  return views / (historyMs / 1000);
}
