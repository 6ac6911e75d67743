import { createHash, randomBytes } from 'node:crypto';
import { topicName, topicSpec } from '@trending/kafka';
import { freePort } from '@trending/runtime/free-port';
import { topics } from '@trending/schemas';
import autocannon from 'autocannon';
import { type Child, serviceFlags, startChild, untilReady } from './child.ts';
import { type BenchResult, interleave, type Row, type Verdict, verdict } from './harness.ts';
import { provision } from './provision.ts';
import type { BenchStack } from './stack.ts';
import { openLog, tokenAt } from './views.ts';

const seconds = 5;
/** Nobody reads these topics, so that what is measured is producer-api and the broker. */
const prefix = 'bench.ingest.';
/** Few, so that the wait for the brokers sets the rate, and as many as keep a process busy. */
const crowds = [64, 512] as const;
const singleTokens = 1_024;

/** Nothing but 2xx counts, except in rounds before the first: a cold process may turn a part of a crowd away. */
async function requestsPerSecond(options: autocannon.Options, round: number): Promise<number> {
  const result = await autocannon({ duration: seconds, ...options });
  const turnedAway = round < 0 ? (result.statusCodeStats?.['503']?.count ?? 0) : 0;
  if (result.non2xx > turnedAway || result.errors > 0)
    throw new Error(`${options.url}: ${statusesOf(result)}, ${result.errors} errors`);
  return result.requests.average;
}

function statusesOf({ statusCodeStats = {} }: autocannon.Result): string {
  const counts = Object.entries(statusCodeStats).map(
    ([status, { count }]) => `${count} × ${status}`,
  );
  return counts.join(', ');
}

/** P1: one view a request, answered after the brokers have it, beside a bare fastify handler with the same schemas. */
export async function ingestSingle(stack: BenchStack): Promise<BenchResult> {
  const producer = await startProducer(stack);
  const port = await freePort();
  const bare = startChild('bench/src/peers/bare-fastify.ts', { env: { PORT: String(port) } });
  try {
    await bare.line('READY');
    const rows: Row[] = [];
    const verdicts: Verdict[] = [];
    for (const connections of crowds) {
      const load = { apiKey: stack.apiKey, connections };
      const pair = await interleave({ unit: 'req/s', rounds: 3 }, [
        {
          name: `bare fastify, same schemas, empty handler, ${connections} connections`,
          run: (round) => singleRate(`http://127.0.0.1:${port}`, { ...load, round }),
        },
        {
          name: `producer-api, one view, acks=all, ${connections} connections`,
          run: (round) => singleRate(producer.url, { ...load, round }),
        },
      ]);
      const goal = `P1 ≥ 0.75× bare fastify, ${connections} connections`;
      verdicts.push(verdict(goal, pair[1]?.ratio ?? 0, { atLeast: 0.75 }));
      rows.push(...pair);
    }
    return { name: 'ingest-single', rows, verdicts };
  } finally {
    await bare.stop();
    await producer.stop();
  }
}

/** A producer-api of its own, started as the stack starts its. */
async function startProducer(stack: BenchStack): Promise<Child & { readonly url: string }> {
  await provision(stack, prefix);
  const port = await freePort();
  const digest = createHash('sha256').update(stack.apiKey).digest('hex');
  const env = {
    ...{ KAFKA_BROKERS: stack.kafka, REGISTRY_URL: stack.registryUrl, TOPIC_PREFIX: prefix },
    ...{ API_KEYS: `bench:publish:${digest}`, HASH_SECRET: randomBytes(32).toString('hex') },
    ...{ PORT: String(port), LOG_LEVEL: 'warn' },
  };
  const child = startChild('apps/producer-api/src/main.ts', { env, flags: serviceFlags });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(`${url}/readyz`).catch(async (error: unknown) => {
    await child.stop();
    throw error;
  });
  return { ...child, url };
}

interface SingleLoad {
  readonly apiKey: string;
  readonly connections: number;
  readonly round: number;
}

/** Every connection goes round tokens of its own; together they reach all of `singleTokens`, and so every partition. */
function singleRate(url: string, load: SingleLoad): Promise<number> {
  const { apiKey, connections, round } = load;
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  let opened = 0;
  const setupClient = (client: autocannon.Client): void => {
    const first = opened % connections;
    opened += 1;
    const requests = Array.from({ length: singleTokens / connections }, (_, lap) => {
      const address = tokenAt(first + lap * connections).slice('eth:'.length);
      const path = `/api/v1/tokens/${address}/view?chain=eth`;
      return { method: 'POST' as const, path, headers, body: '{}' };
    });
    client.setRequests(requests);
  };
  return requestsPerSecond({ url, connections, setupClient }, round);
}

/** P2: batches of 500 views over HTTP beside bare kafkajs producing records of the same size. */
export async function ingestBatch(stack: BenchStack): Promise<BenchResult> {
  const topic = topicName(topics.views, 'bench.bare.');
  const log = openLog(stack);
  await log.ensureTopics([topicSpec(topics.views, { prefix: 'bench.bare.', viewPartitions: 12 })]);
  await log.close();
  const producer = await startProducer(stack);
  try {
    const rows = await interleave({ unit: 'views/s', rounds: 3 }, [
      { name: 'bare kafkajs, batches of 500', run: () => bareRate(stack, topic) },
      {
        name: 'producer-api, batches of 500 over HTTP',
        run: async (round) => 500 * (await batchRate(producer.url, stack.apiKey, round)),
      },
    ]);
    return {
      name: 'ingest-batch',
      rows,
      verdicts: [verdict('P2 ≥ 2.5× bare kafkajs', rows[1]?.ratio ?? 0, { atLeast: 2.5 })],
    };
  } finally {
    await producer.stop();
  }
}

function batchRate(url: string, apiKey: string, round: number): Promise<number> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const requests = Array.from({ length: 32 }, () => ({
    method: 'POST' as const,
    path: '/api/v1/views',
    headers,
    body: batch(),
  }));
  return requestsPerSecond({ url, connections: 4, requests }, round);
}

async function bareRate(stack: BenchStack, topic: string): Promise<number> {
  const child = startChild('bench/src/peers/bare-kafkajs-producer.ts', {
    args: [stack.kafka, topic, String(seconds)],
  });
  const rate = Number(await child.line('RATE'));
  await child.stop();
  return rate;
}

function batch(): string {
  const views = Array.from({ length: 500 }, () => ({
    chain: 'eth',
    address: tokenAt(Math.floor(Math.random() * 50_000)).slice(4),
    viewer: randomBytes(8).toString('hex'),
  }));
  return JSON.stringify(views);
}
