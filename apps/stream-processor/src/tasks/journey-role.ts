import { createProgressWatchdog, type Log, type Serde, topicName } from '@trending/kafka';
import type {
  Clock,
  HealthCheck,
  Logger,
  Registry as MetricsRegistry,
  Part,
} from '@trending/runtime';
import { type Topic, topics, type ViewerJourneys, type ViewerSightings } from '@trending/schemas';
import { JourneyMember } from './journey-member.ts';
import { createJourneyMetrics, type JourneyMetrics } from './journey-metrics.ts';
import type { JourneyPorts } from './journey-ports.ts';

/** What is asked of the schema registry. */
interface SerdeSource {
  serde<T>(topic: Topic, prefix?: string): Promise<Serde<T>>;
  /** Why it does not answer, if so. */
  problem?(): string | undefined;
}

export interface JourneyRoleDeps {
  readonly log: Log;
  readonly registry: SerdeSource;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly clock: Clock;
  readonly topicPrefix: string;
  /** Ends the process: the supervisor restarts it and the log restores it. */
  readonly crash: (error: unknown) => void;
}

/** The journey role with its health. */
export interface JourneyRole extends Part {
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
}

/**
 * Members of one group share the sightings, which come by viewer: each knows where its viewers were seen of late, and tells the tokens'
 * partitions who came from elsewhere and who went on.
 */
export function createJourneyRole(deps: JourneyRoleDeps): JourneyRole {
  let member: JourneyMember | undefined;
  const metrics = createJourneyMetrics(deps.metrics, () => member?.figures() ?? []);
  const watchdog = createProgressWatchdog({
    ...deps,
    positions: () => member?.positions() ?? [],
    stalled: deps.crash,
    waitsFor: () => deps.registry.problem?.(),
  });
  return {
    name: 'journey',
    live: [],
    ready: [
      {
        name: 'journey',
        check: () => (member === undefined ? 'not started' : member.unreadiness()),
      },
    ],
    async start() {
      if (member !== undefined) return;
      const ports = await portsOf(deps, metrics);
      member = new JourneyMember({
        ports,
        group: `${deps.topicPrefix}journey`,
        crash: deps.crash,
      });
      await member.start();
      await watchdog.start();
    },
    async stop() {
      await watchdog.stop();
      await member?.stop();
      member = undefined;
    },
  };
}

async function portsOf(deps: JourneyRoleDeps, metrics: JourneyMetrics): Promise<JourneyPorts> {
  const { log, registry, logger, clock, topicPrefix: prefix } = deps;
  const [sightings, journeys] = await Promise.all([
    registry.serde<ViewerSightings>(topics.sightings, prefix),
    registry.serde<ViewerJourneys>(topics.journeys, prefix),
  ]);
  return {
    ...{ log, clock, metrics, sightings, journeys },
    logger: logger.child({ role: 'journey' }),
    sightingsTopic: topicName(topics.sightings, prefix),
    journeysTarget: { topic: topicName(topics.journeys, prefix), partition: 0 },
  };
}
