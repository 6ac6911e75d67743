import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@trending/runtime/random';
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
}

/** A stack with split roles, whose apps reach everything through proxies that can fall silent. `close` ends all of it. */
export async function openSilentStack(): Promise<SilentStack> {
  const flags = ['--split-roles', '--proxied'];
  const portOffset = await freeOffset(flags);
  const out = mkdtempSync(join(tmpdir(), 'stalls-'));
  const proxies = await openProxies(portOffset);
  const prefix = randomBytes(10).toString('hex');
  const settings = { out, seed: 5, prefix, portOffset, viewsPerSecond: 100 };
  const bench = await openBench({ ...settings, stackFlags: flags });
  const close = async () => {
    void bench.publisher.pause();
    await bench.close();
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
    rmSync(out, { recursive: true, force: true });
  };
  return { ...bench, ...proxies, ports: rolePorts(portsAt(portOffset)), close };
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
export function freshness({ stack, ledger, tokens }: FaultBench) {
  const killedAt = Date.now();
  const before = ledger.attempted();
  const after = { killedAt, partitions: defaultViewPartitions };
  return Promise.all([
    boardFreshAfter([stack.gatewayUrl], { before, tokens }, healedWithinMs),
    historyFreshAfter(stack.clickhouseUrl, after, healedWithinMs),
  ]);
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
