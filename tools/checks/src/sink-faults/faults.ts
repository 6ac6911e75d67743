import { setTimeout as sleep } from 'node:timers/promises';
import { answers } from './child.ts';
import { engineWaitMs, type SinkWorld } from './world.ts';

export interface Fault {
  readonly name: string;
  readonly weight: number;
  /** False: there was nothing to hurt, try another. */
  act(world: SinkWorld, random: () => number): Promise<boolean>;
}

const insertWaitMs = 8_000;

/** Kills of the sink are rare: each costs the ten seconds after which the group gives a dead member up. */
export const faults: readonly Fault[] = [
  {
    name: 'request cut in the middle, connection reset',
    weight: 8,
    act: ({ proxy }, random) =>
      proxy.cutNext('request', 200 + Math.floor(random() * 8_000), insertWaitMs),
  },
  {
    name: 'answer lost, connection reset',
    weight: 8,
    act: ({ proxy }) => proxy.cutNext('answer', 0, insertWaitMs),
  },
  {
    name: 'answer late by a second',
    weight: 2,
    act: ({ proxy }) => proxy.cutNext('answer delayed', 0, insertWaitMs),
  },
  {
    name: 'all connections reset and refused',
    weight: 4,
    async act({ proxy }, random) {
      proxy.refuse(true);
      await sleep(100 + random() * 600);
      proxy.refuse(false);
      return true;
    },
  },
  {
    name: 'ClickHouse SIGKILL',
    weight: 6,
    async act({ clickhouse, server }, random) {
      await sleep(random() * 300);
      clickhouse.signal('SIGKILL');
      await sleep(300);
      await answers(`${server.CLICKHOUSE_URL}/?query=SELECT%201`, engineWaitMs);
      return true;
    },
  },
  {
    name: 'ClickHouse SIGKILL with an answer outstanding',
    weight: 3,
    async act({ clickhouse, proxy, server }) {
      const wasHit = await proxy.cutNext('answer delayed', 0, insertWaitMs);
      clickhouse.signal('SIGKILL');
      await sleep(300);
      await answers(`${server.CLICKHOUSE_URL}/?query=SELECT%201`, engineWaitMs);
      return wasHit;
    },
  },
  {
    name: 'ClickHouse SIGSTOP for a second',
    weight: 2,
    async act({ clickhouse }) {
      clickhouse.signal('SIGSTOP');
      await sleep(1_000);
      clickhouse.signal('SIGCONT');
      return true;
    },
  },
  {
    name: 'sink SIGTERM',
    weight: 2,
    async act({ sink }) {
      sink.signal('SIGTERM');
      await sleep(500);
      return true;
    },
  },
  {
    name: 'sink SIGKILL',
    weight: 2,
    async act({ sink }, random) {
      await sleep(random() * 500);
      sink.signal('SIGKILL');
      await sleep(500);
      return true;
    },
  },
  {
    name: 'sink SIGKILL behind a lost answer',
    weight: 2,
    async act({ sink, proxy }) {
      const wasHit = await proxy.cutNext('answer', 0, insertWaitMs);
      sink.signal('SIGKILL');
      await sleep(500);
      return wasHit;
    },
  },
];

export function pick(random: () => number): Fault {
  const total = faults.reduce((sum, { weight }) => sum + weight, 0);
  let left = random() * total;
  for (const fault of faults) {
    left -= fault.weight;
    if (left < 0) return fault;
  }
  return faults[0] as Fault;
}
