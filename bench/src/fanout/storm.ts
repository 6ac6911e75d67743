import { setTimeout as wait } from 'node:timers/promises';
import { type BenchResult, median, progress, type Row, type Verdict, verdict } from '../harness.ts';
import type { BenchStack } from '../stack.ts';
import { startGateway } from './push-server.ts';
import { Swarm } from './swarm.ts';

export interface StormSettings {
  readonly clients: number;
  readonly rounds: number;
  readonly port: number;
}

const kinds = ['socket.io', 'websocket'] as const;

/** All connections are cut at once, while boards go on changing, and all clients return at once with the version they hold. */
export async function storm(stack: BenchStack, settings: StormSettings): Promise<BenchResult> {
  const rows: Row[] = [];
  const verdicts: Verdict[] = [];
  for (const [i, kind] of kinds.entries()) {
    const { times, faults } = await stormsOf(stack, kind, { ...settings, port: settings.port + i });
    const [min, max] = [Math.min(...times), Math.max(...times)];
    const name = `${settings.clients} ${kind} clients cut at once, until the last holds a board again`;
    rows.push({ name, unit: 's', median: median(times), min, max, ratio: 1 });
    verdicts.push(
      verdict(`${kind}: back within 10 s, the slowest storm`, max, { atMost: 10 }),
      verdict(`${kind}: gaps, wrong checksums, versions left behind`, faults, { atMost: 0 }),
    );
  }
  return { name: 'storm', rows, verdicts };
}

async function stormsOf(
  stack: BenchStack,
  kind: (typeof kinds)[number],
  { clients, rounds, port }: StormSettings,
): Promise<{ times: number[]; faults: number }> {
  const server = await startGateway(stack, { name: `push-gateway, ${kind}`, port });
  const swarm = await Swarm.open({ port, kind, clients });
  const times: number[] = [];
  let faults = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      await server.on();
      await wait(2_000);
      await swarm.read();
      const { ms, returned } = await swarm.storm();
      await server.off();
      // What was on its way arrives; then all clients of a board hold the same version.
      await wait(2_000);
      const { gaps, wrong, errors, versions } = await swarm.read();
      const found = gaps + wrong + errors + (clients - returned) + (versions - swarm.boards);
      progress(`${server.name} storm ${round}: ${returned} back after ${ms} ms, ${found} faults`);
      faults += found;
      times.push(ms / 1e3);
    }
  } finally {
    await swarm.stop();
    await server.stop();
  }
  return { times, faults };
}
