import { readFileSync } from 'node:fs';
import { type Child, startChild, untilReady } from '../child.ts';
import { memoryBytes } from '../process-memory.ts';
import { provision } from '../provision.ts';
import type { BenchStack } from '../stack.ts';
import { Publisher } from './publisher.ts';

/** A server whose boards change while it is on, in a process of its own. */
export interface PushServer {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  on(): Promise<void>;
  off(): Promise<void>;
  stop(): Promise<void>;
}

const flags = ['--expose-gc', '--import', './bench/src/peers/gc-on-signal.ts'];

export interface GatewayWishes {
  readonly name: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** push-gateway as it is deployed, on topics of its own. */
export async function startGateway(stack: BenchStack, wishes: GatewayWishes): Promise<PushServer> {
  const { name, port, env = {} } = wishes;
  const prefix = `bench.push.${crypto.randomUUID().slice(0, 8)}.`;
  await provision(stack, prefix);
  const publisher = await Publisher.open(stack, prefix);
  const child = startChild('apps/push-gateway/src/main.ts', {
    flags,
    env: {
      ...{ KAFKA_BROKERS: stack.kafka, REGISTRY_URL: stack.registryUrl, TOPIC_PREFIX: prefix },
      ...{ PORT: String(port), LOG_LEVEL: 'warn', CLICKHOUSE_URL: stack.clickhouseUrl },
      ...{ CONNECTIONS_PER_ADDRESS_MAX: '0', CONNECTION_ATTEMPTS_PER_MINUTE: '0', ...env },
    },
  });
  await untilReady(`http://127.0.0.1:${port}/readyz`);
  return {
    ...{ name, port, pid: pidOf(child) },
    on: async () => publisher.on(),
    off: async () => publisher.off(),
    stop: async () => {
      await publisher.close();
      await child.stop();
    },
  };
}

/** The library alone: see peers/bare-push.ts. */
export async function startBare(
  kind: 'socket.io' | 'ws-text' | 'ws-framed',
  port: number,
): Promise<PushServer> {
  const names = {
    'socket.io': 'bare Socket.IO',
    'ws-text': 'bare ws',
    'ws-framed': 'bare ws, frame made once',
  };
  const child = startChild('bench/src/peers/bare-push.ts', { flags, args: [String(port), kind] });
  await child.line('READY');
  const ask = async (path: string): Promise<void> => {
    await (await fetch(`http://127.0.0.1:${port}/${path}`)).arrayBuffer();
  };
  return {
    ...{ name: names[kind], port, pid: pidOf(child) },
    on: () => ask('on'),
    off: () => ask('off'),
    stop: () => child.stop(),
  };
}

/** CPU seconds of a process so far, user and system. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident bytes after the process collected its garbage. */
export async function residentBytes(pid: number): Promise<number> {
  for (let i = 0; i < 2; i += 1) {
    process.kill(pid, 'SIGWINCH');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  return memoryBytes(pid, 'VmRSS');
}

function pidOf(child: Child): number {
  if (child.process.pid === undefined) throw new Error('the process did not start');
  return child.process.pid;
}
