import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** Appends views until stopped: one in ten a robot's, one in twenty no view at all. */
export function startLoad({ log, serde, viewsTopic }: SinkWorld): {
  readonly oracle: Oracle;
  stop(): Promise<void>;
} {
  const oracle = { views: 0, counted: 0, undecodable: 0 };
  let isStopping = false;
  const run = async () => {
    for (let round = 0; !isStopping; round += 1) {
      const batch = Array.from({ length: batchViews }, (_, i) => recordOf(i));
      await log.append({ topic: viewsTopic, partition: round % partitions }, batch.map(toRecord));
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
    oracle,
    async stop() {
      isStopping = true;
      await running;
    },
  };
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
