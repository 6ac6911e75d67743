import {
  createProgressWatchdog,
  type Log,
  type Serde,
  type SerdeOptions,
  topicName,
} from '@trending/kafka';
import type {
  Clock,
  HealthCheck,
  Logger,
  Registry as MetricsRegistry,
  Part,
} from '@trending/runtime';
import {
  type CandidateSet,
  type TokenMetadata,
  type Topic,
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

/** Longest time an emission may wait for its acknowledgement, ms. */
const stallMs = 30_000;

/** What is asked of the schema registry. */
interface SerdeSource {
  serde<T>(topic: Topic, prefix?: string, options?: SerdeOptions<T>): Promise<Serde<T>>;
  /** Why it does not answer, if so. */
  problem?(): string | undefined;
}

export interface AggregateRoleDeps {
  readonly log: Log;
  readonly registry: SerdeSource;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly clock: Clock;
  readonly topicPrefix: string;
  /** Ends the process: the supervisor restarts it and the log restores it. */
  readonly crash: (error: unknown) => void;
}

/** The aggregate role with its health. */
export interface AggregateRole extends Part {
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
}

/** Members of one group share the partitions of the views topic; each keeps the counts of its partitions in memory. */
export function createAggregateRole(deps: AggregateRoleDeps): AggregateRole {
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
  deps: AggregateRoleDeps,
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
