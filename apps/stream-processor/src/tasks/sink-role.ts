import {
  createProgressWatchdog,
  type Serde,
  type TopicPartition,
  topicName,
} from '@trending/kafka';
import {
  type Board,
  type FeatureSet,
  type TokenMetadata,
  type TokenView,
  topics,
} from '@trending/schemas';
import type { RhythmSource } from './rhythm-ports.ts';
import { RhythmSchedule } from './rhythm-schedule.ts';
import { refreshRhythms } from './rhythms.ts';
import type { HealthyRole, RoleDeps } from './role-deps.ts';
import { SinkMember } from './sink-member.ts';
import { createSinkMetrics } from './sink-metrics.ts';
import { type Delay, defaultSinkLimits, type RowSink, type SinkLimits } from './sink-ports.ts';
import { WatchedSink } from './watched-sink.ts';

export interface SinkRoleDeps extends RoleDeps {
  /** Closed when the role stops. */
  readonly sink: RowSink;
  /** Where tokens' own weeks are read; closed when the role stops. Without it nobody tells them. */
  readonly rhythms?: RhythmSource;
  readonly limits?: Partial<SinkLimits>;
  readonly delay?: Delay;
}

/** The sink role with its health. */
export type SinkRole = HealthyRole;

/**
 * Views, boards and metadata into ClickHouse, each record's rows once. While ClickHouse is away it keeps its place in the group and
 * repeats the range in flight; nothing else waits for it. Whoever writes the views' first partition also tells tokens' own weeks, which it
 * reads from ClickHouse, on the metadata topic.
 */
export function createSinkRole(deps: SinkRoleDeps): SinkRole {
  let member: SinkMember | undefined;
  let schedule: RhythmSchedule | undefined;
  const sink = new WatchedSink(deps.sink, deps.clock);
  const metrics = createSinkMetrics(deps.metrics, async () => (await member?.lag()) ?? []);
  const watchdog = createProgressWatchdog({
    ...deps,
    positions: () => member?.positions() ?? [],
    stalled: deps.crash,
    waitsFor: () => deps.registry.problem?.(),
  });
  return {
    name: 'sink',
    live: [],
    ready: [
      {
        name: 'sink',
        check: () => (member === undefined ? 'not started' : member.problem()),
      },
      { name: 'clickhouse', check: () => sink.problem() },
    ],
    async start() {
      if (member !== undefined) return;
      const { registry, topicPrefix } = deps;
      const [views, rankings, rankingTimes, metadata, features] = await Promise.all([
        registry.serde<TokenView>(topics.views, topicPrefix),
        registry.serde<Board>(topics.rankings, topicPrefix),
        registry.serde<Pick<Board, 'asOf'>>(topics.rankings, topicPrefix, { fields: ['asOf'] }),
        registry.serde<TokenMetadata>(topics.metadata, topicPrefix),
        registry.serde<FeatureSet>(topics.features, topicPrefix),
      ]);
      member = new SinkMember({
        ...deps,
        sink,
        serdes: { views, rankings, rankingTimes, metadata, features },
        group: `${topicPrefix}clickhouse-sink`,
        logger: deps.logger.child({ role: 'sink' }),
        metrics,
        limits: { ...defaultSinkLimits, ...deps.limits },
      });
      await member.start();
      await watchdog.start();
      schedule = scheduleOf(deps, metadata, (target) => member?.owns(target) ?? false);
      schedule?.start();
    },
    async stop() {
      await schedule?.stop();
      schedule = undefined;
      await watchdog.stop();
      await member?.stop();
      member = undefined;
      await Promise.all([deps.sink.close(), deps.rhythms?.close()]);
    },
  };
}

function scheduleOf(
  deps: SinkRoleDeps,
  metadata: Serde<TokenMetadata>,
  owns: (target: TopicPartition) => boolean,
): RhythmSchedule | undefined {
  const { log, clock, topicPrefix, rhythms: source } = deps;
  if (source === undefined) return undefined;
  const ports = { log, source, metadata, metadataTopic: topicName(topics.metadata, topicPrefix) };
  const first = { topic: topicName(topics.views, topicPrefix), partition: 0 };
  return new RhythmSchedule({
    ...deps,
    logger: deps.logger.child({ role: 'sink' }),
    isOwner: () => owns(first),
    refresh: (signal) => refreshRhythms(ports, clock.now(), signal),
  });
}
