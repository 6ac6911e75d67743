import { createProgressWatchdog, topicName } from '@trending/kafka';
import type { HealthCheck, OpsAnswer } from '@trending/runtime';
import {
  type Board,
  type CandidateSet,
  type Control,
  type FeatureSet,
  topics,
} from '@trending/schemas';
import type { BoardHead } from '../domain/board-fold.ts';
import { keptCandidates, type SetHead, setHeadFields } from '../domain/candidate-order.ts';
import { ControlReader } from './control-reader.ts';
import { operatorAnswers } from './operator-answers.ts';
import { RankMember } from './rank-member.ts';
import { createRankMetrics } from './rank-metrics.ts';
import type { RankPorts } from './rank-ports.ts';
import type { HealthyRole, RoleDeps } from './role-deps.ts';

/** What the process does with any role. */
export type Role = Omit<RankRole, 'answers'> & Partial<Pick<RankRole, 'answers'>>;

/** The rank role with its health. */
export interface RankRole extends HealthyRole {
  /** For operators, on the ops port. */
  readonly answers: readonly OpsAnswer[];
}

/**
 * Members of one group on the one-partition candidates topic: one owns the boards, the others stand by and are as ready.
 * `start` resolves when the member is in the group.
 */
export function createRankRole(deps: RoleDeps): RankRole {
  let member: RankMember | undefined;
  let control: ControlReader | undefined;
  const metrics = createRankMetrics(deps.metrics, () => member?.staleness() ?? new Map());
  const watchdog = createProgressWatchdog({
    ...deps,
    positions: () => [...(member?.positions() ?? []), ...(control?.positions() ?? [])],
    stalled: deps.crash,
    waitsFor: () => deps.registry.problem?.(),
  });
  const check = (name: string, ask: (member: RankMember) => string | undefined): HealthCheck => ({
    name,
    check: () => (member === undefined ? 'has not started' : ask(member)),
  });
  return {
    name: 'rank',
    live: [check('rank progress', (running) => running.stall())],
    ready: [check('rank', (running) => running.unreadiness())],
    answers: operatorAnswers({
      now: () => deps.clock.now(),
      table: () => control?.table,
      suspected: () => member?.suspected(),
    }),
    async start() {
      if (member !== undefined) return;
      control = await controlOf(deps, metrics);
      await control.start(deps.crash);
      const ports = await portsOf(deps, metrics, control);
      member = new RankMember({ ports, group: `${deps.topicPrefix}ranker`, crash: deps.crash });
      await member.start();
      await watchdog.start();
    },
    async stop() {
      await watchdog.stop();
      await member?.stop();
      member = undefined;
      await control?.stop();
      control = undefined;
    },
  };
}

async function controlOf(
  { log, registry, logger, topicPrefix }: RoleDeps,
  metrics: RankPorts['metrics'],
): Promise<ControlReader> {
  return new ControlReader({
    log,
    metrics,
    logger: logger.child({ role: 'rank' }),
    control: await registry.serde<Control>(topics.control, topicPrefix),
    controlTopic: topicName(topics.control, topicPrefix),
  });
}

async function portsOf(
  deps: RoleDeps,
  metrics: RankPorts['metrics'],
  control: RankPorts['control'],
): Promise<RankPorts> {
  const { log, registry, clock, logger, topicPrefix } = deps;
  return {
    log,
    clock,
    logger: logger.child({ role: 'rank' }),
    metrics,
    candidates: await registry.serde<CandidateSet>(topics.candidates, topicPrefix, {
      kept: keptCandidates,
    }),
    candidateHeads: await registry.serde<SetHead>(topics.candidates, topicPrefix, {
      fields: setHeadFields,
    }),
    control,
    features: await registry.serde<FeatureSet>(topics.features, topicPrefix),
    boards: await registry.serde<Board>(topics.rankings, topicPrefix),
    boardHeads: await registry.serde<BoardHead>(topics.rankings, topicPrefix, {
      fields: ['formula', 'epoch', 'seq'],
    }),
    candidatesTopic: topicName(topics.candidates, topicPrefix),
    featuresTopic: topicName(topics.features, topicPrefix),
    rankingsTopic: topicName(topics.rankings, topicPrefix),
    partitions: await log.partitionCount(topicName(topics.views, topicPrefix)),
  };
}
