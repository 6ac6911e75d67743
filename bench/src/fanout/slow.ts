import { setTimeout as wait } from 'node:timers/promises';
import { type BenchResult, median, progress, verdict } from '../harness.ts';
import type { BenchStack } from '../stack.ts';
import { type PushServer, residentBytes, startGateway } from './push-server.ts';
import { Swarm } from './swarm.ts';

export interface SlowSettings {
  /** Healthy clients, half on Socket.IO and half on WebSocket. */
  readonly clients: number;
  readonly rounds: number;
  readonly port: number;
}

interface Round {
  readonly p99: number;
  readonly faults: number;
}

/** As many hostile clients as this share of the healthy ones. */
const slowShare = 0.05;
const windowMs = 12_000;
const kinds = ['socket.io', 'websocket'] as const;

/** G11: healthy clients with and without others that ask for whole boards all the time and read none of it, in turn. */
export async function slowClients(stack: BenchStack, settings: SlowSettings): Promise<BenchResult> {
  const { clients, rounds, port } = settings;
  const server = await startGateway(stack, { name: 'push-gateway', port });
  const healthy = await Promise.all(
    kinds.map((kind) => Swarm.open({ port, kind, clients: clients / 2 })),
  );
  const quiet: Round[] = [];
  const beside: Round[] = [];
  const cuts: number[] = [];
  try {
    const before = await residentBytes(server.pid);
    await server.on();
    for (let round = -1; round < rounds; round += 1) {
      const alone = await observe(healthy);
      const hostile = await attack(server, Math.max(1, (clients * slowShare) / 2));
      const attacked = await observe(healthy);
      const cutMs = await hostile.allCut();
      progress(
        `round ${round}: p99 ${alone.p99} ms alone, ${attacked.p99} ms beside slow clients, all cut after ${cutMs} ms`,
      );
      if (round < 0) continue;
      quiet.push(alone);
      beside.push(attacked);
      cuts.push(cutMs / 1e3);
    }
    await server.off();
    const grownMB = ((await residentBytes(server.pid)) - before) / 1e6;
    return resultOf({ quiet, beside, cuts, grownMB });
  } finally {
    for (const swarm of healthy) await swarm.stop();
    await server.stop();
  }
}

async function observe(healthy: readonly Swarm[]): Promise<Round> {
  for (const swarm of healthy) await swarm.read();
  await wait(windowMs);
  const seen = await Promise.all(healthy.map((swarm) => swarm.read()));
  const faults = seen.map(({ gaps, wrong, errors, closed }) => gaps + wrong + errors + closed);
  return { p99: Math.max(...seen.map(({ p99 }) => p99)), faults: faults.reduce((a, b) => a + b) };
}

async function attack(
  { port }: PushServer,
  perKind: number,
): Promise<{ allCut(): Promise<number> }> {
  const before = await cutSoFar(port);
  const swarms = await Promise.all(
    kinds.map((kind) => Swarm.open({ port, kind, clients: perKind, limit: 100, isFrozen: true })),
  );
  const start = performance.now();
  const cut = (async () => {
    while ((await cutSoFar(port)) - before < perKind * kinds.length) {
      if (performance.now() - start > 60_000) break;
      await wait(100);
    }
    return Math.round(performance.now() - start);
  })();
  return {
    async allCut() {
      const ms = await cut;
      for (const swarm of swarms) await swarm.stop();
      return ms;
    },
  };
}

/** Connections closed as slow, by the gateway's own count. */
async function cutSoFar(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.matchAll(/^trending_push_closed_total\{[^}]*reason="slow"[^}]*\} (\d+)/gm);
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
}

function resultOf(seen: {
  readonly quiet: readonly Round[];
  readonly beside: readonly Round[];
  readonly cuts: readonly number[];
  readonly grownMB: number;
}): BenchResult {
  const { quiet, beside, cuts, grownMB } = seen;
  const p99s = (rounds: readonly Round[]) => rounds.map(({ p99 }) => p99);
  const ratio = median(beside.map(({ p99 }, i) => p99 / (quiet[i]?.p99 ?? Number.NaN)));
  const row = (name: string, unit: string, values: readonly number[]) => ({
    ...{ name, unit, ratio: 1 },
    ...{ median: median(values), min: Math.min(...values), max: Math.max(...values) },
  });
  const faults = [...quiet, ...beside].reduce((sum, round) => sum + round.faults, 0);
  return {
    name: 'slow-clients',
    rows: [
      row('healthy p99, alone', 'ms', p99s(quiet)),
      { ...row('healthy p99, beside slow clients', 'ms', p99s(beside)), ratio },
      row('until every slow client is cut', 's', cuts),
      row('resident memory more than at the start', 'MB', [grownMB]),
    ],
    verdicts: [
      verdict('G11 healthy p99 ≤ 1.2×', ratio, { atMost: 1.2 }),
      verdict('G11 cut within 15 s', Math.max(...cuts), { atMost: 15 }),
      verdict('healthy clients: gaps, wrong checksums, errors, cuts', faults, { atMost: 0 }),
    ],
  };
}
