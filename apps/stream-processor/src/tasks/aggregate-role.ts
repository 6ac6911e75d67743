import { createProgressWatchdog, topicName } from '@trending/kafka';
import {
  type CandidateSet,
  type TokenMetadata,
  topics,
  type ViewDelta,
  type ViewerJourneys,
  type ViewerSightings,
} from '@trending/schemas';
import { keptCandidates } from '../domain/candidate-order.ts';
import { type FoldedView, foldedFields } from '../domain/folded-view.ts';
import { ViewFrames } from '../domain/view-frame.ts';
import { AggregateMember } from './aggregate-member.ts';
import { createAggregateMetrics } from './aggregate-metrics.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import type { HealthyRole, RoleDeps } from './role-deps.ts';

/** Longest time an emission may wait for its acknowledgement, ms. */
const stallMs = 30_000;

/** The aggregate role with its health. */
export type AggregateRole = HealthyRole;

/** Members of one group share the partitions of the views topic; each keeps the counts of its partitions in memory. */
export function createAggregateRole(deps: RoleDeps): AggregateRole {
  let member: AggregateMember | undefined;
  const metrics = createAggregateMetrics(deps.metrics, () => member?.tasks() ?? []);
  const watchdog = createProgressWatchdog({
    ...deps,
    positions: () => member?.positions() ?? [],
    stalled: deps.crash,
    waitsFor: () => deps.registry.problem?.(),
  });
  return {
    name: 'aggregate',
    live: [{ name: 'aggregate', check: () => stallOf(member) }],
    ready: [
      {
        name: 'aggregate',
        check: () => (member === undefined ? 'not started' : member.unreadiness()),
      },
    ],
    async start() {
      if (member !== undefined) return;
      const ports = await portsOf(deps, metrics);
      const group = `${deps.topicPrefix}stream-processor`;
      member = new AggregateMember({ ports, group, crash: deps.crash });
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

function stallOf(member: AggregateMember | undefined): string | undefined {
  const waitingMs = member?.emissionWaitingMs() ?? 0;
  if (waitingMs <= stallMs) return undefined;
  return `candidate sets wait for their acknowledgement for ${waitingMs} ms`;
}

async function portsOf(
  deps: RoleDeps,
  metrics: AggregatePorts['metrics'],
): Promise<AggregatePorts> {
  const { log, registry, logger, clock, topicPrefix: prefix } = deps;
  const frames = new ViewFrames();
  const readOwn = (frame: Buffer) => frames.read(frame);
  const [views, deltas, metadata, candidates, sightings, journeys] = await Promise.all([
    // A view is folded before the next one is read.
    registry.serde<FoldedView>(topics.views, prefix, { fields: foldedFields, readOwn }),
    registry.serde<ViewDelta>(topics.viewDeltas, prefix),
    registry.serde<TokenMetadata>(topics.metadata, prefix),
    registry.serde<CandidateSet>(topics.candidates, prefix, { kept: keptCandidates }),
    registry.serde<ViewerSightings>(topics.sightings, prefix),
    registry.serde<ViewerJourneys>(topics.journeys, prefix),
  ]);
  return {
    log,
    clock,
    logger: logger.child({ role: 'aggregate' }),
    metrics,
    views,
    deltas,
    metadata,
    candidates,
    sightings,
    journeys,
    viewsTopic: topicName(topics.views, prefix),
    deltasTopic: topicName(topics.viewDeltas, prefix),
    metadataTopic: topicName(topics.metadata, prefix),
    deadLettersTopic: topicName(topics.deadLetters, prefix),
    sightingsTopic: topicName(topics.sightings, prefix),
    journeysTarget: { topic: topicName(topics.journeys, prefix), partition: 0 },
    candidatesTarget: { topic: topicName(topics.candidates, prefix), partition: 0 },
  };
}
