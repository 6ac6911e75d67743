import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@trending/runtime/random';
import { until } from '@trending/runtime/testing';
import { defaultViewPartitions } from '@trending/schemas';
import { CuttingProxy } from '../../tools/checks/src/sink-faults/cutting-proxy.ts';
import { type FaultBench, openBench } from '../../tools/faults/src/fault-bench.ts';
import { linksAt } from '../../tools/faults/src/network/links.ts';
import { ResponseDropper } from '../../tools/faults/src/network/response-dropper.ts';
import { boardFreshAfter, historyFreshAfter } from '../../tools/faults/src/oracle/freshness.ts';
import { portsAt, rolePorts } from '../../tools/local-stack/preflight/index.mjs';
import { freeOffset } from './own-stack.ts';

/** A stalled part is to be found within so many ms … */
export const foundWithinMs = 30_000;
/** … and all to be well so many ms after the fault, or after its end. */
export const healedWithinMs = 60_000;

export interface SilentStack extends FaultBench {
  readonly kafka: ResponseDropper;
  readonly registry: CuttingProxy;
  readonly clickhouse: CuttingProxy;
  /** Ops ports by role. */
  readonly ports: ReturnType<typeof rolePorts>;
  /** Where each app tells its readiness, by name: a base URL, or a port. */
  readonly apps: Readonly<Record<string, string | number>>;
}

/** A stack with split roles, whose apps reach everything through proxies that can fall silent. `close` ends all of it. */
export async function openSilentStack(): Promise<SilentStack> {
  const flags = ['--split-roles', '--proxied'];
  const portOffset = await freeOffset(flags);
  const out = mkdtempSync(join(tmpdir(), 'stalls-'));
  const proxies = await openProxies(portOffset);
  const prefix = randomBytes(10).toString('hex');
  // The sink inserts all the time: a connection that rests for seconds is closed before it is used again, and nobody would meet its silence.
  const env = { SINK_REST_MS: '0' };
  const settings = { out, seed: 5, prefix, portOffset, viewsPerSecond: 100, env };
  const bench = await openBench({ ...settings, stackFlags: flags });
  const close = async () => {
    void bench.publisher.pause();
    await bench.close();
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
    rmSync(out, { recursive: true, force: true });
  };
  const ports = rolePorts(portsAt(portOffset));
  const [gateway = '', secondGateway = ''] = bench.stack.gatewayUrls;
  const apps = {
    'producer-api': bench.stack.producerUrl,
    ...ports,
    'push-gateway': gateway,
    'push-gateway-2': secondGateway,
  };
  return { ...bench, ...proxies, ports, apps, close };
}

async function openProxies(portOffset: number) {
  const links = linksAt(portOffset);
  const portOf = (address: string) => Number(address.split(':')[1]);
  const kafka = new ResponseDropper(portOf(links.kafka.upstream), seededRandom(1));
  await kafka.listen(links.dropper);
  const registry = new CuttingProxy(portOf(links.registry.upstream));
  await registry.listen(portOf(links.registry.listen));
  const clickhouse = new CuttingProxy(portOf(links.clickhouse.upstream));
  await clickhouse.listen(portOf(links.clickhouse.listen));
  return { kafka, registry, clickhouse };
}

/** Waits until boards and history hold views published after now. @returns how long each took, ms; undefined: too long */
export function freshness(bench: FaultBench) {
  const after = { killedAt: Date.now(), partitions: defaultViewPartitions };
  return Promise.all([
    boardsFresh(bench),
    historyFreshAfter(bench.stack.clickhouseUrl, after, healedWithinMs),
  ]);
}

/** As `freshness`, of boards alone. */
export function boardsFresh({ stack, ledger, tokens }: FaultBench) {
  const before = ledger.attempted();
  return boardFreshAfter([stack.gatewayUrl], { before, tokens }, healedWithinMs);
}

/** Sum of the lines of /metrics that match. */
export async function metric(port: number, line: RegExp): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return text
    .split('\n')
    .filter((one) => line.test(one))
    .reduce((sum, one) => sum + Number(one.split(' ').at(-1)), 0);
}

/** Status and words of /readyz. */
export async function readiness(base: string | number) {
  const url = typeof base === 'number' ? `http://127.0.0.1:${base}` : base;
  const answer = await fetch(`${url}/readyz?verbose`);
  return { status: answer.status, text: await answer.text() };
}

/** Names of the services whose process has ended since. */
export async function endedAfter({ stack }: FaultBench, time: number): Promise<string[]> {
  const services = await stack.services();
  return services.filter(({ endedAt = 0 }) => endedAt > time).map(({ name }) => name);
}

/** Resolves once /readyz says so, which must be in time. */
export function tells(what: string, base: string | number, words: RegExp): Promise<boolean> {
  return until({ timeoutMs: foundWithinMs, everyMs: 200, what }, async () => {
    const { status, text } = await readiness(base);
    return status === 503 && words.test(text) ? true : undefined;
  });
}

/** Resolves once each of these apps (default: all) is red for this reason or has ended since, all of them in time. */
export async function allFound(
  world: SilentStack,
  since: number,
  { words, names = Object.keys(world.apps) }: { words: RegExp; names?: readonly string[] },
): Promise<void> {
  const timeoutMs = since + foundWithinMs - Date.now();
  const meant = Object.entries(world.apps).filter(([name]) => names.includes(name));
  const found = meant.map(([name, base]) =>
    until({ timeoutMs, everyMs: 200, what: `${name} to say why, or to end` }, async () => {
      if ((await endedAfter(world, since)).includes(name)) return true;
      const { status, text } = await readiness(base);
      return status === 503 && words.test(text) ? true : undefined;
    }),
  );
  await Promise.all(found);
}
