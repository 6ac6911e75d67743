import { randomBytes } from 'node:crypto';
import { topicSpec } from '@trending/kafka';
import { topics } from '@trending/schemas';
import autocannon from 'autocannon';
import { startChild, untilReady } from './child.ts';
import { type BenchResult, interleave, verdict } from './harness.ts';
import type { BenchStack } from './stack.ts';
import { openLog, tokenAt } from './views.ts';

const seconds = 5;

async function requestsPerSecond(options: autocannon.Options): Promise<number> {
  const result = await autocannon({ duration: seconds, connections: 64, ...options });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${options.url}: ${result.non2xx} not 2xx, ${result.errors} errors`);
  return result.requests.average;
}

/** P1: one view a request, answered after the brokers have it, beside a bare fastify handler with a schema. */
export async function ingestSingle(stack: BenchStack): Promise<BenchResult> {
  const port = 3950;
  const bare = startChild('bench/src/peers/bare-fastify.ts', { env: { PORT: String(port) } });
  try {
    await bare.line('READY');
    const path = `/api/v1/tokens/${tokenAt(1).slice(4)}/view?chain=eth`;
    const request = {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
      body: '{}',
    } as const;
    const rows = await interleave({ unit: 'req/s', rounds: 3 }, [
      {
        name: 'bare fastify, schema, empty handler',
        run: () => requestsPerSecond({ url: `http://127.0.0.1:${port}${path}`, ...request }),
      },
      {
        name: 'producer-api, one view, acks=all',
        run: () => requestsPerSecond({ url: `${stack.producerUrl}${path}`, ...request }),
      },
    ]);
    return {
      name: 'ingest-single',
      rows,
      verdicts: [verdict('P1 ≥ 0.75× bare fastify', rows[1]?.ratio ?? 0, { atLeast: 0.75 })],
    };
  } finally {
    await bare.stop();
  }
}

/** P2: batches of 500 views over HTTP beside bare kafkajs producing records of the same size. */
export async function ingestBatch(stack: BenchStack): Promise<BenchResult> {
  const topic = `bench.bare.${topics.views.name}`;
  const log = openLog(stack);
  await log.ensureTopics([topicSpec(topics.views, { prefix: 'bench.bare.', viewPartitions: 12 })]);
  await log.close();
  await untilReady(`${stack.producerUrl}/readyz`);
  const headers = { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' };
  const rows = await interleave({ unit: 'views/s', rounds: 3 }, [
    { name: 'bare kafkajs, batches of 500', run: () => bareRate(stack, topic) },
    {
      name: 'producer-api, batches of 500 over HTTP',
      run: async () => {
        const requests = Array.from({ length: 32 }, () => ({
          method: 'POST' as const,
          path: '/api/v1/views',
          headers,
          body: batch(),
        }));
        return (
          500 * (await requestsPerSecond({ url: stack.producerUrl, connections: 4, requests }))
        );
      },
    },
  ]);
  return {
    name: 'ingest-batch',
    rows,
    verdicts: [verdict('P2 ≥ 2.5× bare kafkajs', rows[1]?.ratio ?? 0, { atLeast: 2.5 })],
  };
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
