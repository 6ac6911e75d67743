import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { startChild } from '../child.ts';
import { type BenchResult, median, progress, type Row, type Verdict, verdict } from '../harness.ts';
import { memoryBytes } from '../process-memory.ts';
import type { BenchStack } from '../stack.ts';
import { type PushServer, residentBytes, startGateway } from './push-server.ts';
import type { SlowHabit, SlowTransport } from './slow-socket.ts';
import { Swarm } from './swarm.ts';
import type { SwarmReading } from './swarm-tally.ts';

export interface SlowCrowdSettings {
  /** Healthy clients, half on Socket.IO and half on WebSocket. */
  readonly clients: number;
  /** Hostile sockets at a time. */
  readonly attackers: number;
  readonly rounds: number;
  readonly port: number;
}

interface Attack {
  readonly transport: SlowTransport;
  /** A crowd that reads is no attack: it tells what so many more clients cost anyway. */
  readonly habit: SlowHabit | 'reads';
}

interface Seen {
  readonly aloneP99: number;
  readonly besideP99: number;
  readonly faults: number;
  /** Of the hostile sockets, how many were cut, and when the last of them, s after the first had connected. */
  readonly cut: number;
  readonly cutS: number;
  /** Highest during the attack, more than just before. */
  readonly residentMB: number;
  readonly kernelMB: number;
}

const attacks: readonly Attack[] = [
  { transport: 'websocket', habit: 'reads' },
  ...(['socket.io', 'websocket', 'sse'] as const).flatMap((transport): readonly Attack[] => [
    { transport, habit: 'stops' },
    { transport, habit: 'sips' },
  ]),
];
const aloneMs = 10_000;
/** Whoever is to be cut within 15 s is gone by then. */
const attackedMs = 16_000;
const lookEveryMs = 200;

/** Healthy clients with and without a crowd of sockets that stop reading, or read a byte a second, on each transport in turn. */
export async function slowCrowd(
  stack: BenchStack,
  settings: SlowCrowdSettings,
): Promise<BenchResult> {
  const { clients, attackers, rounds, port } = settings;
  const server = await startGateway(stack, { name: 'push-gateway', port });
  const healthy = await Promise.all(
    (['socket.io', 'websocket'] as const).map((kind) =>
      Swarm.open({ port, kind, clients: clients / 2 }),
    ),
  );
  const seen = new Map(attacks.map((attack) => [attack, [] as Seen[]]));
  try {
    const before = await residentBytes(server.pid);
    await server.on();
    await wait(aloneMs);
    for (let round = 0; round < rounds; round += 1)
      for (const [attack, list] of seen)
        list.push(await attacked({ server, healthy, attackers }, attack));
    await server.off();
    const leftMB = ((await residentBytes(server.pid)) - before) / 1e6;
    return resultOf(seen, { attackers, leftMB });
  } finally {
    for (const swarm of healthy) await swarm.stop();
    await server.stop();
  }
}

interface Scene {
  readonly server: PushServer;
  readonly healthy: readonly Swarm[];
  readonly attackers: number;
}

async function attacked(scene: Scene, attack: Attack): Promise<Seen> {
  const { server, attackers } = scene;
  const alone = await observe(scene, attack, aloneMs);
  const [cutBefore, before] = [await cutSoFar(server.port, attack), memoryOf(server.pid)];
  const crowd = await openCrowd(scene, attack);
  try {
    const beside = await observe(scene, attack, attackedMs);
    const seen = {
      ...{ aloneP99: alone.p99, besideP99: beside.p99, faults: alone.faults + beside.faults },
      cut: beside.cut - cutBefore,
      cutS: beside.cutAfterMs === undefined ? 0 : (crowd.openingMs + beside.cutAfterMs) / 1e3,
      residentMB: (beside.resident - before.resident) / 1e6,
      kernelMB: (beside.kernel - before.kernel) / 1e6,
    };
    progress(
      `${nameOf(attack)}: p99 ${alone.p99} ms alone, ${beside.p99} ms beside; ${seen.cut} of ${attackers} cut after ${seen.cutS.toFixed(1)} s, all open after ${crowd.openingMs} ms; ${seen.residentMB.toFixed(0)} MB here, ${seen.kernelMB.toFixed(0)} MB in the kernel`,
    );
    return seen;
  } finally {
    await crowd.stop();
  }
}

/** Milliseconds from the first connection until all hold a board. */
type Crowd = { readonly openingMs: number; stop(): Promise<void> };

async function openCrowd({ server, attackers }: Scene, attack: Attack): Promise<Crowd> {
  const { transport, habit } = attack;
  const { port } = server;
  if (habit === 'reads') {
    const swarm = await Swarm.open({ port, kind: 'websocket', clients: attackers });
    return { openingMs: 0, stop: () => swarm.stop() };
  }
  const options = { port, transport, habit, sockets: attackers };
  const child = startChild('bench/src/peers/slow-sockets.ts', {
    args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
  });
  return { openingMs: Number(await child.line('READY')), stop: () => child.stop() };
}

/** Healthy clients for so long; the gateway is asked for its counts all the while, with a crowd and without. */
async function observe({ server, healthy }: Scene, attack: Attack, lengthMs: number) {
  const readAll = () => Promise.all(healthy.map((swarm) => swarm.read()));
  await readAll();
  const start = performance.now();
  const peak = { cut: await cutSoFar(server.port, attack), resident: 0, kernel: 0 };
  let cutAfterMs: number | undefined;
  for (let ms = 0; ms < lengthMs; ms = performance.now() - start) {
    const cut = await cutSoFar(server.port, attack);
    if (cut > peak.cut) cutAfterMs = performance.now() - start;
    const { resident, kernel } = memoryOf(server.pid);
    peak.cut = cut;
    peak.resident = Math.max(peak.resident, resident);
    peak.kernel = Math.max(peak.kernel, kernel);
    await wait(lookEveryMs);
  }
  const seen = await readAll();
  const faultsOf = ({ gaps, wrong, errors, closed }: SwarmReading) =>
    gaps + wrong + errors + closed;
  return {
    ...{ ...peak, cutAfterMs, p99: Math.max(...seen.map(({ p99 }) => p99)) },
    faults: seen.reduce((sum, reading) => sum + faultsOf(reading), 0),
  };
}

/** Connections of a transport closed as slow, by the gateway's own count. */
async function cutSoFar(port: number, { transport }: Attack): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('trending_push_closed_total{'));
  const ours = lines.filter(
    (line) => line.includes('reason="slow"') && line.includes(`transport="${transport}"`),
  );
  return ours.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Bytes now: resident in the process, garbage included; and all that the kernel holds for TCP, of both ends of every connection of the machine. */
function memoryOf(pid: number): { readonly resident: number; readonly kernel: number } {
  const sockets = readFileSync('/proc/net/sockstat', 'utf8');
  return {
    resident: memoryBytes(pid, 'VmRSS'),
    kernel: Number(/^TCP: .* mem (\d+)/m.exec(sockets)?.[1]) * 4_096,
  };
}

const habits: Readonly<Record<Attack['habit'], string>> = {
  reads: 'reads all',
  stops: 'reads nothing',
  sips: 'a byte a second',
};
const nameOf = ({ transport, habit }: Attack) => `${transport}, ${habits[habit]}`;

function resultOf(
  seen: ReadonlyMap<Attack, readonly Seen[]>,
  { attackers, leftMB }: { readonly attackers: number; readonly leftMB: number },
): BenchResult {
  const parts = [...seen].map(([attack, list]) => partOf(attack, list, attackers));
  const faults = [...seen.values()].flat().reduce((sum, round) => sum + round.faults, 0);
  return {
    name: 'slow-clients',
    rows: [
      ...parts.flatMap(({ rows }) => rows),
      rowOf('resident memory more than at the start', 'MB', [leftMB]),
    ],
    verdicts: [
      ...parts.flatMap(({ verdicts }) => verdicts),
      verdict('healthy clients: gaps, wrong checksums, errors, cuts', faults, { atMost: 0 }),
    ],
  };
}

function partOf(attack: Attack, list: readonly Seen[], attackers: number) {
  const name = nameOf(attack);
  const ratio = median(list.map(({ aloneP99, besideP99 }) => besideP99 / aloneP99));
  const of = (pick: (one: Seen) => number) => list.map(pick);
  const isCut = list.every(({ cut }) => cut === attackers);
  const cutS = isCut ? Math.max(...of((one) => one.cutS)) : Number.POSITIVE_INFINITY;
  const rows: readonly Row[] = [
    rowOf(
      `${name}: healthy p99, alone`,
      'ms',
      of((one) => one.aloneP99),
    ),
    {
      ...rowOf(
        `${name}: healthy p99, beside`,
        'ms',
        of((one) => one.besideP99),
      ),
      ratio,
    },
    rowOf(
      `${name}: cut of ${attackers}`,
      'sockets',
      of((one) => one.cut),
    ),
    rowOf(
      `${name}: until the last cut`,
      's',
      of((one) => one.cutS),
    ),
    rowOf(
      `${name}: resident, highest`,
      'MB',
      of((one) => one.residentMB),
    ),
    rowOf(
      `${name}: kernel, both ends, highest`,
      'MB',
      of((one) => one.kernelMB),
    ),
  ];
  const verdicts: readonly Verdict[] = [
    verdict(`${name}: healthy p99 ≤ 1.2×`, ratio, { atMost: 1.2 }),
    verdict(`${name}: all cut within 15 s`, cutS, { atMost: 15 }),
  ];
  return { rows, verdicts: attack.habit === 'reads' ? [] : verdicts };
}

function rowOf(name: string, unit: string, values: readonly number[]): Row {
  return {
    ...{ name, unit, ratio: 1 },
    ...{ median: median(values), min: Math.min(...values), max: Math.max(...values) },
  };
}
