import { createLogger, Registry } from '@trending/runtime';
import { type CandidateSet, topics, type ViewDelta } from '@trending/schemas';
import { AggregateMember } from '../../apps/stream-processor/src/tasks/aggregate-member.ts';
import { createAggregateMetrics } from '../../apps/stream-processor/src/tasks/aggregate-metrics.ts';
import { JourneyMember } from '../../apps/stream-processor/src/tasks/journey-member.ts';
import { createJourneyMetrics } from '../../apps/stream-processor/src/tasks/journey-metrics.ts';
import { createControlTable } from '../../apps/stream-processor/src/tasks/rank-formulas.ts';
import { RankMember } from '../../apps/stream-processor/src/tasks/rank-member.ts';
import { createRankMetrics } from '../../apps/stream-processor/src/tasks/rank-metrics.ts';
import { SinkMember } from '../../apps/stream-processor/src/tasks/sink-member.ts';
import { createSinkMetrics } from '../../apps/stream-processor/src/tasks/sink-metrics.ts';
import { defaultSinkLimits } from '../../apps/stream-processor/src/tasks/sink-ports.ts';
import { Wrong } from './failure.ts';
import { sharedSerdes as serdes } from './shared-serde.ts';
import type { SimulatedLog } from './simulated-log.ts';
import type { Surroundings } from './surroundings.ts';

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
        ports: {
          ...watched(world, log),
          log,
          clock,
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
        },
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
        serdes: { ...serdes, rankings: serdes.boards },
        sink: world.clickhouse.sinkOf(log.process),
        group: 'clickhouse-sink',
        topicPrefix: '',
        limits: sinkLimits,
      }),
  };
}

/**
 * Looks at what an aggregate process is about to write: no candidate set of an epoch may show less than the log held when that
 * epoch's owner came, or boards would step back.
 */
function watched(world: Surroundings, log: SimulatedLog) {
  // Two takeovers may run beside each other: the older answer is the safe one.
  let ends: ReadonlyMap<number, number> = new Map();
  let before = ends;
  log.onEnds = (topic, found) => {
    if (topic === topics.views.name) [before, ends] = [ends, found];
  };
  const atFence = new Map<number, number>();
  const bounds = new Map<string, number>();
  const { deltas, candidates } = serdes;
  return {
    deltas: {
      topic: deltas.topic,
      decode: (bytes: Uint8Array) => deltas.decode(bytes),
      resolve: (bytes: Uint8Array) => deltas.resolve(bytes),
      encode: (record: ViewDelta) => {
        if (record.kind === 'fence')
          for (const [partition, end] of ends)
            atFence.set(partition, Math.min(end, before.get(partition) ?? end));
        return deltas.encode(record);
      },
    },
    candidates: {
      topic: candidates.topic,
      decode: (bytes: Uint8Array) => candidates.decode(bytes),
      resolve: (bytes: Uint8Array) => candidates.resolve(bytes),
      encode: (set: CandidateSet) => {
        const { partition, epoch, inputOffset } = set;
        const key = `${partition}|${epoch}`;
        const bound = bounds.get(key) ?? atFence.get(partition) ?? 0;
        bounds.set(key, bound);
        if (inputOffset < bound)
          throw new Wrong(
            `partition ${partition}, epoch ${epoch}: a set of offset ${inputOffset} left before ${bound} was reached`,
          );
        world.sets.push(set);
        return candidates.encode(set);
      },
    },
  };
}
