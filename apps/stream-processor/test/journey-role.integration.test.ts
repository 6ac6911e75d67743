import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { topicName } from '@trending/kafka';
import { freePort } from '@trending/runtime/free-port';
import { until } from '@trending/runtime/testing';
import { topics, type ViewerJourneys, type ViewerSightings } from '@trending/schemas';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type BrokerWorld, brokerWorld } from './support/real-broker.ts';
import { factLine, factLines, type Sighting, sightingOf } from './support/sightings.ts';

const today = Math.floor(Date.now() / 86_400_000);
const partitions = 2;
let world: BrokerWorld;
let port: number;
let service: ChildProcess;

beforeAll(async () => {
  world = await brokerWorld(partitions);
  port = await freePort();
  service = await started();
});
afterAll(async () => {
  service?.kill('SIGKILL');
  await world?.close();
});

/** A process with nothing but this role, ready. */
async function started(): Promise<ChildProcess> {
  const { kafka, registryUrl } = inject('stack');
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], {
    stdio: 'ignore',
    env: {
      ...{ PATH: process.env['PATH'], PORT: String(port), ROLES: 'journey', LOG_LEVEL: 'silent' },
      ...{ KAFKA_BROKERS: kafka, REGISTRY_URL: registryUrl, TOPIC_PREFIX: world.prefix },
    },
  });
  await until({ timeoutMs: 60_000, what: 'readiness' }, async () =>
    (await fetch(`http://127.0.0.1:${port}/readyz`)).ok ? true : undefined,
  );
  return child;
}

async function ended(signal: NodeJS.Signals): Promise<void> {
  const exited = once(service, 'exit');
  service.kill(signal);
  await exited;
}

async function see(...seen: Sighting[]): Promise<void> {
  const serde = await world.registry.serde<ViewerSightings>(topics.sightings, world.prefix);
  const topic = topicName(topics.sightings, world.prefix);
  for (const sighting of seen)
    await world.log.append({ topic, partition: sighting.viewer % partitions }, [
      { key: String(sighting.token), value: serde.encode(sightingOf(sighting)) },
    ]);
}

async function facts(): Promise<string[]> {
  const serde = await world.registry.serde<ViewerJourneys>(topics.journeys, world.prefix);
  const topic = topicName(topics.journeys, world.prefix);
  const to = (await world.log.endOffsets(topic)).get(0) ?? 0;
  const told: ViewerJourneys[] = [];
  for await (const { records } of world.log.read({ topic, partition: 0 }, { from: 0, to }))
    for (const { value } of records) {
      if (value !== null) await serde.resolve(value);
      const decoded = value === null ? undefined : serde.decode(value);
      if (!decoded?.ok) throw new Error('a record of facts does not decode');
      told.push(decoded.value);
    }
  return factLines(told);
}

async function untilTold(expected: readonly string[]): Promise<void> {
  const all = [...expected].sort();
  await until({ timeoutMs: 60_000, what: `${all.length} facts` }, async () =>
    (await facts()).length >= all.length ? true : undefined,
  );
  expect(await facts()).toEqual(all);
}

test('a process that is stopped or killed knows viewers again from the log, and loses no fact', async () => {
  const day = today;
  const viewers = Array.from({ length: 40 }, (_, viewer) => viewer);
  const goOn = (from: number, to: number) =>
    viewers.flatMap((viewer) => [
      factLine('went', { token: from, viewer, day }),
      factLine('came', { token: to, viewer, day }),
    ]);
  await see(...viewers.map((viewer) => ({ token: 1, viewer, day })));
  await see(...viewers.map((viewer) => ({ token: 2, viewer, day })));
  await untilTold(goOn(1, 2));
  // Stopped kindly it commits: the next one knows of all this only what it rebuilds.
  await ended('SIGTERM');
  await see(...viewers.map((viewer) => ({ token: 3, viewer, day })));
  service = await started();
  await untilTold([...goOn(1, 2), ...goOn(2, 3)]);
  // Killed, what it told in its last seconds is not committed.
  await ended('SIGKILL');
  await see(...viewers.map((viewer) => ({ token: 4, viewer, day })));
  service = await started();
  await untilTold([...goOn(1, 2), ...goOn(2, 3), ...goOn(3, 4)]);
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toMatch(/trending_journey_viewers\{.*partition="0".*\} \d+/);
});
