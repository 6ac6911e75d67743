import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@trending/runtime/random';
import { until } from '@trending/runtime/testing';
import { defaultViewPartitions } from '@trending/schemas';
import { expect, onTestFinished, test } from 'vitest';
import { CuttingProxy } from '../tools/checks/src/sink-faults/cutting-proxy.ts';
import { type FaultBench, openBench } from '../tools/faults/src/fault-bench.ts';
import { linksAt } from '../tools/faults/src/network/links.ts';
import { ResponseDropper } from '../tools/faults/src/network/response-dropper.ts';
import { boardFreshAfter, historyFreshAfter } from '../tools/faults/src/oracle/freshness.ts';
import { portsAt, rolePorts } from '../tools/local-stack/preflight/index.mjs';
import { freeOffset } from './support/own-stack.ts';

const foundWithinMs = 30_000;
const healedWithinMs = 60_000;

interface StalledStack extends FaultBench {
  readonly offset: number;
  readonly kafka: ResponseDropper;
  readonly clickhouse: CuttingProxy;
}

/** A stack with load on it, whose apps reach everything through proxies that can fall silent. */
async function stackBehindProxies(): Promise<StalledStack> {
  const flags = ['--split-roles', '--proxied'];
  const offset = await freeOffset(flags);
  const out = mkdtempSync(join(tmpdir(), 'stalls-'));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const links = linksAt(offset);
  const portOf = (address: string) => Number(address.split(':')[1]);
  const kafka = new ResponseDropper(portOf(links.kafka.upstream), seededRandom(1));
  await kafka.listen(links.dropper);
  onTestFinished(() => kafka.close());
  const [registry, clickhouse] = [links.registry, links.clickhouse].map(
    ({ upstream }) => new CuttingProxy(portOf(upstream)),
  ) as [CuttingProxy, CuttingProxy];
  await registry.listen(portOf(links.registry.listen));
  await clickhouse.listen(portOf(links.clickhouse.listen));
  onTestFinished(() => Promise.all([registry.close(), clickhouse.close()]).then(() => undefined));
  const prefix = randomBytes(10).toString('hex');
  const settings = { out, seed: 5, prefix, portOffset: offset, viewsPerSecond: 100 };
  const bench = await openBench({ ...settings, stackFlags: flags });
  onTestFinished(async () => {
    void bench.publisher.pause();
    await bench.close();
  });
  return { ...bench, offset, kafka, clickhouse };
}

/** Waits until boards and history hold views published after now. @returns how long each took, ms; undefined: too long */
function freshness({ stack, ledger, tokens }: FaultBench) {
  const killedAt = Date.now();
  const before = ledger.attempted();
  const after = { killedAt, partitions: defaultViewPartitions };
  return Promise.all([
    boardFreshAfter([stack.gatewayUrl], { before, tokens }, healedWithinMs),
    historyFreshAfter(stack.clickhouseUrl, after, healedWithinMs),
  ]);
}

async function metric(port: number, line: RegExp): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return text
    .split('\n')
    .filter((one) => line.test(one))
    .reduce((sum, one) => sum + Number(one.split(' ').at(-1)), 0);
}

const rankers = ['rank-1', 'rank-2'] as const;

test('connections that die without a word are found within 30 s, and all is fresh within 60 s with nothing lost or double', async () => {
  const world = await stackBehindProxies();
  const { stack, publisher, oracle, kafka, clickhouse, offset } = world;
  const ports = rolePorts(portsAt(offset));
  const clientOf = (role: keyof typeof ports) => `stream-processor-${hostname()}-${ports[role]}`;
  const owners = () =>
    Promise.all(rankers.map((name) => metric(ports[name], /^trending_rank_owner\b/)));
  const failedInserts = () => metric(ports.sink, /^trending_sink_retries_total\{.*step="insert"/);
  publisher.start();
  expect(await freshness(world)).not.toContain(undefined);

  const owner = rankers[(await owners()).indexOf(1)];
  if (owner === undefined) throw new Error('no ranker owns the boards');
  const failedBefore = await failedInserts();
  const silent = new Set(['push-gateway', clientOf('aggregate-1'), clientOf(owner)]);
  const holeAt = Date.now();
  expect(kafka.silence((clientId) => silent.has(clientId))).toBeGreaterThanOrEqual(silent.size);
  clickhouse.silence();
  const fresh = freshness(world);

  // The reader of views and the reader of boards end and are started again.
  const ending = ['aggregate-1', 'push-gateway'];
  const found = { timeoutMs: foundWithinMs, everyMs: 100 };
  await until({ ...found, what: `the end of ${ending.join(' and ')}` }, async () => {
    const services = await stack.services();
    const meant = services.filter(({ name }) => ending.includes(name));
    return meant.every(({ endedAt = 0 }) => endedAt > holeAt) ? true : undefined;
  });
  // The sink gives its insert up and repeats it on another connection.
  const left = foundWithinMs - (Date.now() - holeAt);
  await until({ ...found, timeoutMs: left, what: 'the sink to give up its insert' }, async () =>
    (await failedInserts()) > failedBefore ? true : undefined,
  );
  expect(await fresh).not.toContain(undefined);
  // The ranker steps back and joins again, the other one rules meanwhile.
  await until({ timeoutMs: healedWithinMs, what: 'one owner of the boards' }, async () => {
    const [first = 0, second = 0] = await owners();
    return first + second === 1 ? true : undefined;
  });
  await stack.allReady(healedWithinMs);
  await publisher.pause();
  expect(await oracle.judge()).toMatchObject({ passed: true, lost: 0, double: 0 });
}, 300_000);
