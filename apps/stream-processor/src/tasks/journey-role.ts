import { createProgressWatchdog, topicName } from '@trending/kafka';
import { topics, type ViewerJourneys, type ViewerSightings } from '@trending/schemas';
import { JourneyMember } from './journey-member.ts';
import { createJourneyMetrics, type JourneyMetrics } from './journey-metrics.ts';
import type { JourneyPorts } from './journey-ports.ts';
import type { HealthyRole, RoleDeps } from './role-deps.ts';

/** The journey role with its health. */
export type JourneyRole = HealthyRole;

/**
 * Members of one group share the sightings, which come by viewer: each knows where its viewers were seen of late, and tells the tokens'
 * partitions who came from elsewhere and who went on.
 */
export function createJourneyRole(deps: RoleDeps): JourneyRole {
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

async function portsOf(deps: RoleDeps, metrics: JourneyMetrics): Promise<JourneyPorts> {
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
