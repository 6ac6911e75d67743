import { createLogger, Registry } from '@trending/runtime';
import { topics } from '@trending/schemas';
import { AggregateMember } from '../../apps/stream-processor/src/tasks/aggregate-member.ts';
import { createAggregateMetrics } from '../../apps/stream-processor/src/tasks/aggregate-metrics.ts';
import type { AggregatePorts } from '../../apps/stream-processor/src/tasks/aggregate-ports.ts';
import { JourneyMember } from '../../apps/stream-processor/src/tasks/journey-member.ts';
import { createJourneyMetrics } from '../../apps/stream-processor/src/tasks/journey-metrics.ts';
import { createControlTable } from '../../apps/stream-processor/src/tasks/rank-formulas.ts';
import { RankMember } from '../../apps/stream-processor/src/tasks/rank-member.ts';
import { createRankMetrics } from '../../apps/stream-processor/src/tasks/rank-metrics.ts';
import { SinkMember } from '../../apps/stream-processor/src/tasks/sink-member.ts';
import { createSinkMetrics } from '../../apps/stream-processor/src/tasks/sink-metrics.ts';
import { defaultSinkLimits } from '../../apps/stream-processor/src/tasks/sink-ports.ts';
import { sharedSerdes as serdes } from './shared-serde.ts';
import type { SimulatedLog } from './simulated-log.ts';
import type { Surroundings } from './surroundings.ts';
import { watchedSerdes } from './watched-serdes.ts';

const logger = createLogger({ service: 'sim', level: 'silent' });
const registry = new Registry();
const metrics = {
  aggregate: createAggregateMetrics(registry, () => []),
  journey: createJourneyMetrics(registry, () => []),
  rank: createRankMetrics(registry, () => new Map()),
  sink: createSinkMetrics(registry, async () => []),
};
/** Small ranges, so that a run has many. */
const sinkLimits = { ...defaultSinkLimits, rangeRecordsMax: 25 };

/** The real members of the processor's roles, in one process of the world each. */
export interface Roles {
  aggregate(log: SimulatedLog, crash: (error: unknown) => void): AggregateMember;
  journey(log: SimulatedLog, crash: (error: unknown) => void): JourneyMember;
  rank(log: SimulatedLog, crash: (error: unknown) => void): RankMember;
  sink(log: SimulatedLog, crash: (error: unknown) => void): SinkMember;
}

export function rolesOf(world: Surroundings): Roles {
  const clock = { now: () => world.scheduler.now() };
  return {
    aggregate: (log, crash) =>
      new AggregateMember({
        group: 'stream-processor',
        crash,
        ports: aggregatePorts(world, log),
      }),
    journey: (log, crash) =>
      new JourneyMember({
        group: 'journey',
        crash,
        ports: {
          log,
          clock,
          logger,
          metrics: metrics.journey,
          sightings: serdes.sightings,
          journeys: serdes.journeys,
          sightingsTopic: topics.sightings.name,
          journeysTarget: { topic: topics.journeys.name, partition: 0 },
        },
      }),
    rank: (log, crash) =>
      new RankMember({
        group: 'ranker',
        crash,
        ports: {
          log,
          clock,
          logger,
          metrics: metrics.rank,
          candidates: serdes.candidates,
          candidateHeads: serdes.candidates,
          boards: serdes.boards,
          boardHeads: serdes.boards,
          features: serdes.features,
          featuresTopic: topics.features.name,
          control: { table: createControlTable(), catchUp: async () => undefined },
          candidatesTopic: topics.candidates.name,
          rankingsTopic: topics.rankings.name,
          partitions: world.partitions,
        },
      }),
    sink: (log, crash) =>
      new SinkMember({
        log,
        clock,
        logger,
        crash,
        metrics: metrics.sink,
        serdes: { ...serdes, rankings: serdes.boards, rankingTimes: serdes.boards },
        sink: world.clickhouse.sinkOf(log.process),
        group: 'clickhouse-sink',
        topicPrefix: '',
        limits: sinkLimits,
      }),
  };
}

function aggregatePorts(world: Surroundings, log: SimulatedLog): AggregatePorts {
  return {
    ...watchedSerdes(world, log),
    log,
    clock: { now: () => world.scheduler.now() },
    logger,
    metrics: metrics.aggregate,
    views: serdes.views,
    metadata: serdes.metadata,
    sightings: serdes.sightings,
    journeys: serdes.journeys,
    viewsTopic: topics.views.name,
    deltasTopic: topics.viewDeltas.name,
    metadataTopic: topics.metadata.name,
    deadLettersTopic: topics.deadLetters.name,
    sightingsTopic: topics.sightings.name,
    journeysTarget: { topic: topics.journeys.name, partition: 0 },
    candidatesTarget: { topic: topics.candidates.name, partition: 0 },
  };
}
