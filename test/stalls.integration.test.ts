import { hostname } from 'node:os';
import { until } from '@trending/runtime/testing';
import { addressOf, chainOf } from '@trending/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishForeignView } from './support/foreign-view.ts';
import {
  allFound,
  boardsFresh,
  endedAfter,
  foundWithinMs,
  freshness,
  healedWithinMs,
  metric,
  openSilentStack,
  readiness,
  type SilentStack,
  tells,
} from './support/silent-stack.ts';

/** The longest wait of callers for an answer that names the trouble: the service's own limit, and time for a busy machine. */
const answeredWithinMs = 10_000;
const kafkaIsSilent = /\[-\]\w+: .*no (answer|heartbeat)/;
const rankers = ['rank-1', 'rank-2'] as const;
/** As long as a switch needs to come back. */
const silenceMs = 25_000;
const timeout = 200_000;

let world: SilentStack;
beforeAll(async () => {
  world = await openSilentStack();
  world.publisher.start();
  expect(await freshness(world)).not.toContain(undefined);
});
afterAll(() => world?.close());

type Role = 'aggregate-1' | 'aggregate-2' | 'rank-1' | 'rank-2' | 'sink';

function clientOf(role: Role): string {
  return `stream-processor-${hostname()}-${world.ports[role]}`;
}

/** Every service is ready, and boards and history hold views of now on. */
async function heals(): Promise<void> {
  expect(await freshness(world)).not.toContain(undefined);
  await world.stack.allReady(healedWithinMs);
}

/** A view of a known event for the first token, as the API takes it. */
function knownView() {
  const viewedAt = Date.now();
  const [number = 0] = world.ledger.add([{ token: 0, viewedAt }]);
  const token = world.tokens[0] ?? '';
  return { number, token, eventId: world.ledger.eventId(number), viewedAt };
}

async function timed<T>(act: () => Promise<T>): Promise<[T, number]> {
  const startedAt = performance.now();
  return [await act(), performance.now() - startedAt];
}

test(
  'connections that die without a word are found within 30 s, and all is fresh within 60 s',
  async () => {
    const { stack, kafka, clickhouse, ports } = world;
    const owners = () =>
      Promise.all(rankers.map((name) => metric(ports[name], /^trending_rank_owner\b/)));
    const failedInserts = () => metric(ports.sink, /^trending_sink_retries_total\{.*step="insert"/);
    const owner = rankers[(await owners()).indexOf(1)];
    if (owner === undefined) throw new Error('no ranker owns the boards');
    const failedBefore = await failedInserts();
    const silent = new Set(['push-gateway', clientOf('aggregate-1'), clientOf(owner)]);
    const holeAt = Date.now();
    expect(kafka.silence((clientId) => silent.has(clientId))).toBeGreaterThanOrEqual(silent.size);
    clickhouse.silence();
    const fresh = freshness(world);

    // Who reads views, merges them and shows boards says so, or ends, unless all of it is well again before.
    const names = ['aggregate-1', owner, 'push-gateway', 'push-gateway-2'];
    await Promise.race([allFound(world, holeAt, { words: kafkaIsSilent, names }), fresh]);
    // The sink gives its insert up and repeats it on another connection.
    const left = foundWithinMs - (Date.now() - holeAt);
    await until({ timeoutMs: left, what: 'the sink to give up its insert' }, async () =>
      (await failedInserts()) > failedBefore ? true : undefined,
    );
    expect(await fresh).not.toContain(undefined);
    // The ranker steps back and joins again, the other one rules meanwhile.
    await until({ timeoutMs: healedWithinMs, what: 'one owner of the boards' }, async () => {
      const [first = 0, second = 0] = await owners();
      return first + second === 1 ? true : undefined;
    });
    await stack.allReady(healedWithinMs);
  },
  timeout,
);

test(
  'while Kafka is silent callers get 503 within 10 s, producer-api and sink say why within 30 s, and go on after it',
  async () => {
    const { stack, kafka, ports } = world;
    const silent = new Set(['producer-api', clientOf('sink')]);
    const lift = kafka.hush((clientId) => silent.has(clientId));
    const told = Promise.all([
      tells('producer-api to say why', stack.producerUrl, /\[-\]appends: .*no answer within/),
      tells('the sink to say why', ports.sink, /\[-\]sink: /),
    ]);
    told.catch(() => undefined);
    const { token, eventId, viewedAt } = knownView();
    const view = { address: addressOf(token), chain: chainOf(token), eventId, viewedAt };
    const [answer, tookMs] = await timed(() =>
      fetch(`${stack.producerUrl}/api/v1/views`, {
        method: 'POST',
        headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify([{ ...view, viewer: eventId }]),
      }),
    );
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(tookMs).toBeLessThan(answeredWithinMs);
    await told;
    lift();
    await heals();
  },
  timeout,
);

test(
  'while the registry is silent a new schema id and a start wait and say so within 30 s, nobody ends, and they go on after it',
  async () => {
    const { stack, registry, ports, ledger } = world;
    registry.hush(true);
    const { number, ...view } = knownView();
    await publishForeignView(stack, view);
    ledger.acknowledge([number]);
    await stack.signal('aggregate-1', 'SIGKILL');
    await stack.ended('aggregate-1', view.viewedAt, foundWithinMs);
    const killedAt = Date.now();
    const why = /\[-\]registry: Schema registry .* gave no answer/;
    await Promise.all(
      (['aggregate-1', 'aggregate-2', 'sink'] as const).map((name) =>
        tells(`${name} to say why`, ports[name], why),
      ),
    );
    registry.hush(false);
    await heals();
    expect(await endedAfter(world, killedAt)).toEqual([]);
  },
  timeout,
);

test(
  'while ClickHouse is silent the sink says so within 30 s, history is 503 within 10 s, and both go on after it',
  async () => {
    const { stack, clickhouse, ports, tokens } = world;
    const [token = ''] = tokens;
    const history = () =>
      fetch(
        `${stack.gatewayUrl}/api/v1/tokens/${addressOf(token)}/history?chain=${chainOf(token)}&step=1m&from=${Date.now() - 600_000}`,
      );
    expect((await history()).status).toBe(200);
    clickhouse.hush(true);
    const told = tells('the sink to say why', ports.sink, /\[-\]sink: .*insert failed/);
    told.catch(() => undefined);
    const [refused, tookMs] = await timed(history);
    expect(refused.status).toBe(503);
    expect(tookMs).toBeLessThan(answeredWithinMs);
    await told;
    clickhouse.hush(false);
    await heals();
    expect((await history()).status).toBe(200);
  },
  timeout,
);

test(
  'while Kafka is silent for everybody every app says why or ends within 30 s, and all is fresh within 60 s after it',
  async () => {
    const { kafka } = world;
    const holeAt = Date.now();
    const lift = kafka.hush(() => true);
    await allFound(world, holeAt, { words: kafkaIsSilent });
    // Long enough for whoever waits in vain to have tried again, in vain too.
    await until({ timeoutMs: foundWithinMs, what: 'the end of the silence' }, () =>
      Date.now() - holeAt >= silenceMs ? true : undefined,
    );
    lift();
    await heals();
  },
  timeout,
);

test(
  'a sink that starts while ClickHouse is silent says so within 30 s, nothing else is concerned, and history is whole within 60 s after it',
  async () => {
    const { stack, clickhouse, ports, apps } = world;
    const holeAt = Date.now();
    clickhouse.hush(true);
    await stack.signal('sink', 'SIGKILL');
    await stack.ended('sink', holeAt, foundWithinMs);
    const killedAt = Date.now();
    const fresh = boardsFresh(world);
    await tells('the sink to say why', ports.sink, /\[-\]clickhouse: insert into .* no answer/);
    expect(Date.now() - holeAt).toBeLessThan(foundWithinMs);
    const { sink: _, ...others } = apps;
    for (const [name, base] of Object.entries(others))
      expect(await readiness(base), name).toMatchObject({ status: 200 });
    expect(await fresh).not.toBeUndefined();
    clickhouse.hush(false);
    await heals();
    expect(await endedAfter(world, killedAt)).toEqual([]);
  },
  timeout,
);

test(
  'after all of it no acknowledged view is lost, and none counts double',
  async () => {
    await world.publisher.pause();
    expect(await world.oracle.judge()).toMatchObject({ passed: true, lost: 0, double: 0 });
  },
  timeout,
);
