import { randomBytes } from 'node:crypto';
import { io } from 'socket.io-client';
import { type BenchResult, quantile, type Row, type Verdict, verdict } from './harness.ts';
import type { BenchStack } from './stack.ts';
import { tokenAt } from './views.ts';

interface Frame {
  readonly type: string;
  readonly receivedAt: number;
}

interface Load {
  readonly name: string;
  /** Views a second, and how many a request carries. */
  readonly rate: number;
  readonly perRequest: number;
  readonly p50: number;
  readonly p99: number;
}

const loads: readonly Load[] = [
  { name: 'quiet (P4)', rate: 2, perRequest: 1, p50: 10, p99: 40 },
  { name: '1,000 views/s (P5)', rate: 1_000, perRequest: 10, p50: 25, p99: 80 },
  { name: '5,000 views/s in batches (P5)', rate: 5_000, perRequest: 100, p50: 60, p99: 150 },
];

/** P4, P5: from the receipt of a view by the producer-api to a frame with it on a Socket.IO client of the 5m board, same clock. */
export async function latency(stack: BenchStack): Promise<BenchResult> {
  const rows: Row[] = [];
  const verdicts: Verdict[] = [];
  for (const load of loads) {
    const times = await measure(stack, load);
    const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
    const base = { unit: 'ms', min: quantile(times, 0), max: quantile(times, 1), ratio: 1 };
    rows.push(
      { name: `${load.name} p50 of ${times.length} frames`, median: p50, ...base },
      { name: `${load.name} p99`, median: p99, ...base },
    );
    verdicts.push(
      verdict(`${load.name} p50 ≤ ${load.p50} ms`, p50, { atMost: load.p50 }),
      verdict(`${load.name} p99 ≤ ${load.p99} ms`, p99, { atMost: load.p99 }),
    );
  }
  return { name: 'latency', rows, verdicts };
}

async function measure(stack: BenchStack, load: Load): Promise<number[]> {
  const socket = io(`${stack.gatewayUrl}/trending`, { transports: ['websocket'], forceNew: true });
  const times: number[] = [];
  let lastSeen = 0;
  const take = (frame: Frame): void => {
    const now = Date.now();
    if (frame.receivedAt > lastSeen) times.push(now - frame.receivedAt);
    lastSeen = Math.max(lastSeen, frame.receivedAt);
  };
  socket.on('delta', take);
  const board = { formula: 'views', window: '5m', scope: 'all' };
  socket.emit('subscribe', { board, limit: 100 });
  await new Promise<void>((resolve) => socket.once('snapshot', () => resolve()));
  await publish(stack, load, 3_000);
  times.length = 0;
  await publish(stack, load, load.rate < 10 ? 60_000 : 20_000);
  socket.disconnect();
  return times;
}

/** Keeps the rate for a while; a request that is late does not hold the next one back. */
async function publish(stack: BenchStack, load: Load, ms: number): Promise<void> {
  const gapMs = (1_000 * load.perRequest) / load.rate;
  const start = performance.now();
  const running = new Set<Promise<void>>();
  for (let n = 0; n * gapMs < ms; n += 1) {
    const wait = start + n * gapMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const sending: Promise<void> = post(stack, load).finally(() => running.delete(sending));
    running.add(sending);
    if (running.size > 200) await Promise.race(running);
  }
  await Promise.all(running);
}

async function post(stack: BenchStack, { perRequest }: Load): Promise<void> {
  const views = Array.from({ length: perRequest }, () => ({
    chain: 'eth',
    address: tokenAt(Math.floor(80 * Math.random() ** 2)).slice(4),
    viewer: randomBytes(8).toString('hex'),
  }));
  const headers = { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(`${stack.producerUrl}/api/v1/views`, {
    method: 'POST',
    headers,
    body: JSON.stringify(views),
  });
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}
