import { setTimeout as delay } from 'node:timers/promises';
import type { ReplicaAdmin } from '@trending/kafka';
import type { Random } from '@trending/runtime/random';
import { topics } from '@trending/schemas';
import type { FaultBench } from '../fault-bench.ts';
import type { Verdict } from '../oracle/oracle.ts';
import { below } from '../random.ts';
import type { LeaderMoveOptions } from './options.ts';

export interface LeaderParts extends FaultBench {
  readonly admin: ReplicaAdmin;
  readonly random: Random;
  readonly progress: (text: string) => void;
}

export interface LeaderFigures {
  /** Orders to move the leader of every partition of every topic. */
  readonly orders: number;
  /** Topics whose order the cluster did not take just then, summed. */
  readonly refused: number;
  /** Leader changes seen, summed over partitions of all topics. */
  readonly changes: number;
  readonly brokerKills: number;
  readonly verdict: Verdict;
  /** Orders after which some partition had another leader by the next one. */
  readonly effective: number;
  /** The verdict is good, and half of the orders had an effect at least: a cluster may carry out two at once. */
  readonly passed: boolean;
}

const brokers = ['kafka', 'kafka-2', 'kafka-3'] as const;
/** Whatever the pipeline writes or commits through; the second half of the way is no safer than the first. */
const pipelineTopics = Object.values(topics).map(({ name }) => name);
/** Its leaders are the groups' coordinators; a group whose coordinator never stays gets nothing done, so it moves more seldom. */
const coordinators = '__consumer_offsets';
const coordinatorsEvery = 5;
const readyLimitMs = 180_000;

/** Moves leaders and kills brokers under load, then judges. */
export async function runLeaderMoves(
  options: LeaderMoveOptions,
  parts: LeaderParts,
): Promise<LeaderFigures> {
  const { publisher, oracle, stack, progress, ledger } = parts;
  const counts = { orders: 0, refused: 0, changes: 0, effective: 0, brokerKills: 0 };
  const leaders = new Map<string, ReadonlyMap<number, number>>();
  publisher.start();
  while (counts.orders < options.moves) {
    counts.orders += 1;
    const isCoordinatorsTurn = counts.orders % coordinatorsEvery === 0;
    const moved = isCoordinatorsTurn ? [...pipelineTopics, coordinators] : pipelineTopics;
    counts.refused += await move(parts.admin, moved);
    if (counts.orders % options.killEvery === 0) {
      await stack.signal(brokers[below(parts.random, brokers.length)] ?? 'kafka', 'SIGKILL');
      counts.brokerKills += 1;
    }
    await delay(options.everySeconds * 1_000);
    const changedBefore = counts.changes;
    for (const topic of [...pipelineTopics, coordinators]) {
      const before = leaders.get(topic) ?? new Map();
      const now = await parts.admin.leaders(topic).catch(() => before);
      counts.changes += changesBetween(before, now);
      leaders.set(topic, now);
    }
    if (counts.changes > changedBefore) counts.effective += 1;
    const { orders, changes } = counts;
    progress(
      `${orders} of ${options.moves} orders, ${changes} leader changes, ${ledger.acknowledgedCount} events acknowledged`,
    );
  }
  await stack.allReady(readyLimitMs);
  await publisher.pause();
  const verdict = await oracle.judge();
  return { ...counts, verdict, passed: verdict.passed && 2 * counts.effective >= options.moves };
}

/** @returns how many topics' orders the cluster did not take */
async function move(admin: ReplicaAdmin, moved: readonly string[]): Promise<number> {
  const orders = await Promise.allSettled(moved.map((topic) => admin.rotateReplicas(topic)));
  return orders.filter(({ status }) => status === 'rejected').length;
}

/** Partitions known before that have another leader now. */
export function changesBetween(
  before: ReadonlyMap<number, number>,
  now: ReadonlyMap<number, number>,
): number {
  return [...now].filter(([partition, leader]) => {
    const former = before.get(partition);
    return former !== undefined && former !== leader;
  }).length;
}
