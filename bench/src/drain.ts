import { topicName } from '@trending/kafka';
import { freePort } from '@trending/runtime/free-port';
import { topics } from '@trending/schemas';
import { serviceFlags, startChild } from './child.ts';
import { type BenchResult, interleave, progress, verdict } from './harness.ts';
import { memoryBytes } from './process-memory.ts';
import { provision } from './provision.ts';
import type { BenchStack } from './stack.ts';
import { appendBacklog, openLog } from './views.ts';

const prefix = 'bench.';
const withoutCheckpoints = './bench/src/peers/without-checkpoints.ts';
const limitMs = 120_000;

export interface DrainSettings {
  readonly views: number;
  readonly tokens: number;
  readonly rounds: number;
}

/** P3: the aggregate role drains a backlog (decode, panes, uniques, dedup, candidates, checkpoints) beside a bare kafkajs + avsc + Map loop. */
export async function drain(stack: BenchStack, settings: DrainSettings): Promise<BenchResult> {
  const { views, tokens, rounds } = settings;
  await provision(stack, prefix);
  progress(`appending ${views} views of ${tokens} tokens`);
  await appendBacklog(stack, { views, tokens, prefix, spanMs: 600_000 });
  const backlog = { prefix, records: views };
  const rows = await interleave({ unit: 'views/s', rounds }, [
    { name: 'bare kafkajs + avsc + Map of rings', run: () => bareLoop(stack, views) },
    { name: 'stream-processor, aggregate', run: () => drainedPerSecond(stack, backlog) },
    {
      name: 'the same without checkpoints',
      run: () => drainedPerSecond(stack, backlog, { flags: ['--import', withoutCheckpoints] }),
    },
    {
      name: 'stream-processor, aggregate, two copies',
      run: () => drainedPerSecond(stack, backlog, { copies: 2 }),
    },
  ]);
  const [, whole, without, both] = rows;
  const kept = (whole?.median ?? 0) / (without?.median ?? Number.NaN);
  return {
    name: 'drain',
    rows,
    verdicts: [
      verdict('P3 ≥ 0.6× the bare loop', whole?.ratio ?? 0, { atLeast: 0.6 }),
      verdict('the same, two copies on these cores', both?.ratio ?? 0, { atLeast: 0.6 }),
      verdict('≥ 0.9× of the rate without checkpoints', kept, { atLeast: 0.9 }),
    ],
  };
}

async function bareLoop(stack: BenchStack, views: number): Promise<number> {
  const args = [stack.kafka, topicName(topics.views, prefix), String(views)];
  const child = startChild('bench/src/peers/bare-loop.ts', { args });
  const rate = Number(await child.line('RATE'));
  await child.stop();
  return rate;
}

/** What a backlog is drained from. */
export interface DrainedBacklog {
  readonly prefix: string;
  /** Views and whatever else is in the topic. */
  readonly records: number;
}

/** Else the next round would find everything counted, and its dead letters written. */
async function forget(stack: BenchStack, prefix: string): Promise<void> {
  const log = openLog(stack);
  for (const spec of [topics.viewDeltas, topics.deadLetters]) {
    const topic = topicName(spec, prefix);
    for (const [partition, end] of await log.endOffsets(topic))
      await log.deleteBefore({ topic, partition }, end);
  }
  await log.close();
}

/** Between the first and the last record folded, read off the process's own metrics, seldom: making them takes it a millisecond or two. */
export interface Drained {
  readonly viewsPerSecond: number;
  readonly cpuMicrosPerView: number;
  /** NaN where the system does not tell. */
  readonly peakRssMiB: number;
}

/** How the processor is started. */
export interface DrainOptions {
  /** For Node itself. */
  readonly flags?: readonly string[];
  /** Processes that share the partitions; they start together, so that they share them out while they drain. One by default. */
  readonly copies?: number;
}

export async function drainedPerSecond(
  stack: BenchStack,
  backlog: DrainedBacklog,
  options: DrainOptions = {},
): Promise<number> {
  return (await drained(stack, backlog, options)).viewsPerSecond;
}

/** The aggregate role drains a backlog from its first record, in processes of its own. */
export async function drained(
  stack: BenchStack,
  { prefix, records }: DrainedBacklog,
  { flags = [], copies = 1 }: DrainOptions = {},
): Promise<Drained> {
  await forget(stack, prefix);
  const ports = await Promise.all(Array.from({ length: copies }, () => freePort()));
  const children = ports.map((port) =>
    startChild('apps/stream-processor/src/main.ts', {
      env: {
        ...{ KAFKA_BROKERS: stack.kafka, REGISTRY_URL: stack.registryUrl, TOPIC_PREFIX: prefix },
        ...{ ROLES: 'aggregate', PORT: String(port), LOG_LEVEL: 'warn' },
      },
      flags: [...serviceFlags, ...flags],
    }),
  );
  try {
    const deadline = performance.now() + limitMs;
    let first: Progress | undefined;
    while (performance.now() < deadline) {
      const now = sumOf(await Promise.all(ports.map(progressSoFar)));
      if (now.folded > 0) first ??= now;
      if (first !== undefined && now.folded >= records) {
        const peaks = children.map((child) => memoryBytes(child.process.pid, 'VmHWM'));
        const peakRssMiB = peaks.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20;
        return { ...between(first, now), peakRssMiB };
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the aggregate role did not drain the backlog within two minutes');
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}

interface Progress {
  readonly at: number;
  readonly folded: number;
  readonly cpuSeconds: number;
}

function sumOf(copies: readonly Omit<Progress, 'at'>[]): Progress {
  return {
    at: performance.now(),
    folded: copies.reduce((sum, { folded }) => sum + folded, 0),
    cpuSeconds: copies.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  };
}

function between(first: Progress, last: Progress): Omit<Drained, 'peakRssMiB'> {
  const views = last.folded - first.folded;
  return {
    viewsPerSecond: views / ((last.at - first.at) / 1_000),
    cpuMicrosPerView: ((last.cpuSeconds - first.cpuSeconds) * 1e6) / views,
  };
}

async function progressSoFar(port: number): Promise<Omit<Progress, 'at'>> {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
    (r) => r.text(),
    () => '',
  );
  let folded = 0;
  let cpuSeconds = 0;
  for (const line of text.split('\n')) {
    const value = Number(line.slice(line.lastIndexOf(' ')));
    if (line.startsWith('trending_views_folded{') && line.includes('class="accepted"'))
      folded += value;
    if (/^process_cpu_seconds_total[ {]/.test(line)) cpuSeconds = value;
  }
  return { folded, cpuSeconds };
}
