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
  /** Orders to move the leader of every partition. */
  readonly orders: number;
  /** Orders the cluster did not take just then. */
  readonly refused: number;
  /** Leader changes seen, summed over partitions. */
  readonly changes: number;
  readonly brokerKills: number;
  readonly verdict: Verdict;
}

const brokers = ['kafka', 'kafka-2', 'kafka-3'] as const;
const readyLimitMs = 180_000;

/** Moves leaders and kills brokers under load, then judges. */
export async function runLeaderMoves(
  options: LeaderMoveOptions,
  parts: LeaderParts,
): Promise<LeaderFigures> {
  const { publisher, oracle, stack, progress, ledger } = parts;
  const counts = { orders: 0, refused: 0, changes: 0, brokerKills: 0 };
  let leaders: ReadonlyMap<number, number> = new Map();
  publisher.start();
  while (counts.orders < options.moves) {
    counts.orders += 1;
    if (!(await moved(parts.admin))) counts.refused += 1;
    if (counts.orders % options.killEvery === 0) {
      await stack.signal(brokers[below(parts.random, brokers.length)] ?? 'kafka', 'SIGKILL');
      counts.brokerKills += 1;
    }
    await delay(options.everySeconds * 1_000);
    const now = await parts.admin.leaders(topics.views.name).catch(() => leaders);
    counts.changes += changesBetween(leaders, now);
    leaders = now;
    const { orders, changes } = counts;
    progress(
      `${orders} of ${options.moves} orders, ${changes} leader changes, ${ledger.acknowledgedCount} events acknowledged`,
    );
  }
  await stack.allReady(readyLimitMs);
  await publisher.pause();
  return { ...counts, verdict: await oracle.judge() };
}

async function moved(admin: ReplicaAdmin): Promise<boolean> {
  return admin.rotateReplicas(topics.views.name).then(
    () => true,
    () => false,
  );
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
