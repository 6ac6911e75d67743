import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { type BenchResult, median, progress, type Row, verdict } from '../harness.ts';
import type { BenchStack } from '../stack.ts';
import {
  cpuSeconds,
  type PushServer,
  residentBytes,
  startBare,
  startGateway,
} from './push-server.ts';
import { Swarm } from './swarm.ts';

export interface FanoutSettings {
  readonly clients: number;
  readonly rounds: number;
  /** First of the ports of the servers. */
  readonly port: number;
}

const warmMs = 2_000;
const windowMs = 8_000;

interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly cpuUs: number;
  readonly kBPerMinute: number;
  readonly faults: number;
}

interface Contender {
  readonly server: PushServer;
  readonly swarm: Swarm;
  readonly kBPerClient: number;
  readonly rounds: Measured[];
}

/** P9: boards that change twice a second, sent to many clients; the gateway beside the bare libraries with the same frames, in turn. */
export async function fanout(stack: BenchStack, settings: FanoutSettings): Promise<BenchResult> {
  const { port, clients, rounds } = settings;
  const contenders: Contender[] = [];
  const add = async (kind: 'socket.io' | 'websocket', starting: Promise<PushServer>) => {
    contenders.push(await crowd(kind, await starting, clients));
  };
  try {
    await add('socket.io', startBare('socket.io', port));
    await add(
      'socket.io',
      startGateway(stack, { name: 'push-gateway, Socket.IO', port: port + 1 }),
    );
    await add('websocket', startBare('ws-framed', port + 2));
    await add('websocket', startBare('ws-text', port + 3));
    await add(
      'websocket',
      startGateway(stack, { name: 'push-gateway, WebSocket', port: port + 4 }),
    );
    for (let round = -1; round < rounds; round += 1) {
      for (const contender of contenders) await measure(contender, round);
    }
    return resultOf(contenders, clients);
  } finally {
    for (const { swarm, server } of contenders) {
      await swarm.stop();
      await server.stop();
    }
  }
}

async function crowd(
  kind: 'socket.io' | 'websocket',
  server: PushServer,
  clients: number,
): Promise<Contender> {
  // A few clients first: what the first connections load is not what a client costs.
  const first = await Swarm.open({ port: server.port, kind, clients: 100 });
  await first.stop();
  const empty = await residentBytes(server.pid);
  const swarm = await Swarm.open({ port: server.port, kind, clients });
  const kBPerClient = ((await residentBytes(server.pid)) - empty) / clients / 1e3;
  progress(`${server.name}: ${clients} clients, ${kBPerClient.toFixed(1)} kB each`);
  return { server, swarm, kBPerClient, rounds: [] };
}

async function measure({ server, swarm, rounds }: Contender, round: number): Promise<void> {
  await server.on();
  await wait(warmMs);
  await swarm.read();
  const [cpu, at] = [cpuSeconds(server.pid), performance.now()];
  await wait(windowMs);
  const seen = await swarm.read();
  const seconds = (performance.now() - at) / 1e3;
  const cpuUs = ((cpuSeconds(server.pid) - cpu) / seen.frames) * 1e6;
  await server.off();
  // The last frames of this contender are not the next one's load.
  await wait(1_000);
  const faults = seen.gaps + seen.wrong + seen.errors + seen.closed;
  const kBPerMinute = (seen.bytes / swarm.clients / seconds) * 0.06;
  progress(
    `${server.name} round ${round}: ${seen.frames} frames, p50 ${seen.p50} p99 ${seen.p99} ms, ${cpuUs.toFixed(1)} µs, ${faults} faults, load ${loadavg()[0]?.toFixed(1)}`,
  );
  if (round >= 0) rounds.push({ p50: seen.p50, p99: seen.p99, cpuUs, kBPerMinute, faults });
}

function resultOf(contenders: readonly Contender[], clients: number): BenchResult {
  const figures = [
    ['CPU per delivery', 'µs', ({ cpuUs }: Measured) => cpuUs],
    ['scored to delivered p50', 'ms', ({ p50 }: Measured) => p50],
    ['scored to delivered p99', 'ms', ({ p99 }: Measured) => p99],
    ['received per client', 'kB/min', ({ kBPerMinute }: Measured) => kBPerMinute],
  ] as const;
  const rows = figures.flatMap(([what, unit, figure]) =>
    contenders.map((contender) =>
      rowOf(
        { name: `${contender.server.name}: ${what}`, unit },
        {
          own: contender.rounds.map(figure),
          reference: referenceOf(contender, contenders).map(figure),
        },
      ),
    ),
  );
  const memory = contenders.map(({ server, kBPerClient: kB }) =>
    rowOf(
      { name: `${server.name}: memory per client`, unit: 'kB' },
      { own: [kB], reference: [kB] },
    ),
  );
  return {
    name: 'fanout',
    rows: [...rows, ...memory],
    verdicts: verdictsOf(contenders, rows, clients),
  };
}

/** What the contender is compared with: the bare library of its own transport, doing the least work. */
function referenceOf({ server }: Contender, all: readonly Contender[]): readonly Measured[] {
  const name = server.name.includes('Socket.IO') ? 'bare Socket.IO' : 'bare ws, frame made once';
  return all.find((other) => other.server.name === name)?.rounds ?? [];
}

function rowOf(
  label: { readonly name: string; readonly unit: string },
  { own, reference }: { readonly own: readonly number[]; readonly reference: readonly number[] },
): Row {
  const ratio = median(own.map((figure, round) => figure / (reference[round] ?? Number.NaN)));
  return { ...label, median: median(own), min: Math.min(...own), max: Math.max(...own), ratio };
}

function verdictsOf(contenders: readonly Contender[], rows: readonly Row[], clients: number) {
  const ratio = (name: string) => rows.find((row) => row.name === name)?.ratio ?? Number.NaN;
  const ours = contenders.filter(({ server }) => server.name.startsWith('push-gateway'));
  const [socketIo, webSocket] = ours;
  const p99 = (of: Contender | undefined) => median((of?.rounds ?? []).map((round) => round.p99));
  const faults = ours.flatMap(({ rounds }) => rounds).reduce((sum, round) => sum + round.faults, 0);
  return [
    verdict(`P9 p99 ≤ 250 ms, ${clients} Socket.IO clients`, p99(socketIo), { atMost: 250 }),
    verdict(`P9 p99 ≤ 250 ms, ${clients} WebSocket clients`, p99(webSocket), { atMost: 250 }),
    verdict('P9 CPU ≤ 1.2× bare Socket.IO', ratio('push-gateway, Socket.IO: CPU per delivery'), {
      atMost: 1.2,
    }),
    verdict(
      'P9 CPU ≤ 1.1× ws with a frame made once',
      ratio('push-gateway, WebSocket: CPU per delivery'),
      { atMost: 1.1 },
    ),
    verdict('memory per Socket.IO client ≤ 30 kB', socketIo?.kBPerClient ?? Number.NaN, {
      atMost: 30,
    }),
    verdict('gaps, wrong checksums, errors, cuts', faults, { atMost: 0 }),
  ];
}
