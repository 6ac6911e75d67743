import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Decoded } from '@trending/kafka';
import { isRetriable } from '@trending/runtime';
import { type TokenView, viewFlags } from '@trending/schemas';
import { partitions, type SinkWorld } from './world.ts';

/** What was appended so far, known to the one who appended it. */
export interface Oracle {
  /** Records that are views, and of those the ones that enter the roll-ups. */
  views: number;
  counted: number;
  undecodable: number;
}

const everyMs = 40;
const batchViews = 40;

export function emptyOracle(): Oracle {
  return { views: 0, counted: 0, undecodable: 0 };
}

/** Appends views until stopped and adds them to `oracle`: one in ten a robot's, one in twenty no view at all. */
export function startLoad(world: SinkWorld, oracle: Oracle): { stop(): Promise<void> } {
  const { log, serde, viewsTopic } = world;
  let isStopping = false;
  let isInDoubt = false;
  const run = async () => {
    for (let round = 0; !isStopping; round += 1) {
      const batch = Array.from({ length: batchViews }, (_, i) => recordOf(i));
      const target = { topic: viewsTopic, partition: round % partitions };
      const isThere = await log.append(target, batch.map(toRecord)).then(
        () => true,
        (error: unknown) => {
          if (!isRetriable(error)) throw error;
          return false;
        },
      );
      isInDoubt ||= !isThere;
      if (!isThere) continue;
      const noise = batch.filter(({ kind }) => kind === 'noise').length;
      oracle.undecodable += noise;
      oracle.views += batchViews - noise;
      oracle.counted += batch.filter(({ kind }) => kind === 'view').length;
      await sleep(everyMs);
    }
  };
  const toRecord = ({ view, kind }: Drafted) => {
    const value = kind === 'noise' ? Buffer.from([9, 9]) : serde.encode(view);
    return { key: view.token, value, timestamp: view.receivedAt };
  };
  const running = run();
  running.catch(() => undefined);
  return {
    async stop() {
      isStopping = true;
      await running;
      if (isInDoubt) Object.assign(oracle, await countedFromLog(world));
    },
  };
}

/** An append without an answer may have landed: then only the log knows what was published. */
async function countedFromLog({ log, serde, viewsTopic: topic }: SinkWorld): Promise<Oracle> {
  const oracle = emptyOracle();
  for (const [partition, to] of await log.endOffsets(topic))
    for await (const { records } of log.read({ topic, partition }, { from: 0, to }))
      for (const { value } of records) addTo(oracle, serde.decode(value ?? new Uint8Array()));
  return oracle;
}

function addTo(oracle: Oracle, decoded: Decoded<TokenView> | undefined): void {
  if (decoded?.ok !== true) {
    oracle.undecodable += 1;
    return;
  }
  oracle.views += 1;
  oracle.counted += (decoded.value.flags & viewFlags.robot) === 0 ? 1 : 0;
}

interface Drafted {
  readonly view: TokenView;
  readonly kind: 'view' | 'robot' | 'noise';
}

function recordOf(index: number): Drafted {
  const kind = index % 20 === 7 ? 'noise' : index % 10 === 3 ? 'robot' : 'view';
  const now = Date.now();
  const view = {
    ...{ eventId: randomBytes(16), chain: 'eth', token: `eth:t${index}` },
    ...{ viewer: randomBytes(8), network: randomBytes(8), viewedAt: now, receivedAt: now },
    ...{ source: 'backend', partnerId: null, country: null, device: null, dwellMs: null },
    ...{ weightMicro: 1_000_000, flags: kind === 'robot' ? viewFlags.robot : 0 },
  } as TokenView;
  return { view, kind };
}
