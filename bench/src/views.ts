import { createHash } from 'node:crypto';
import { type Frame, mutations, type WholeFrame } from '@trending/checks/src/poison/mutate.ts';
import {
  createKafkaLog,
  createRegistry,
  type Log,
  type ProducedRecord,
  partitionOf,
  topicName,
} from '@trending/kafka';
import { createLogger } from '@trending/runtime';
import { seededRandom } from '@trending/runtime/random';
import { type TokenView, topics } from '@trending/schemas';
import type { BenchStack } from './stack.ts';

const badSeed = 11;

export const logger = createLogger({ service: 'bench', level: 'warn' });

export interface Backlog {
  readonly views: number;
  readonly tokens: number;
  readonly prefix: string;
  /** Event times are spread over this span before now. */
  readonly spanMs: number;
  /** One record in so many is mutated (default: none). */
  readonly badEvery?: number;
  /** One view in so many is sent twice (default: none). */
  readonly repeatEvery?: number;
  /** How many different ones there are (default 200,000). */
  readonly visitors?: number;
}

export function openLog(stack: BenchStack): Log {
  return createKafkaLog({ brokers: [stack.kafka], clientId: 'bench', logger });
}

/** Appends a backlog of views, Zipf over tokens, visitors that return, in event-time order, through the package's own log. */
export async function appendBacklog(stack: BenchStack, backlog: Backlog): Promise<void> {
  const log = openLog(stack);
  const topic = topicName(topics.views, backlog.prefix);
  const serde = await createRegistry({ url: stack.registryUrl, logger }).serde<TokenView>(
    topics.views,
    backlog.prefix,
  );
  const partitions = await log.partitionCount(topic);
  const queues: ProducedRecord[][] = Array.from({ length: partitions }, () => []);
  const flush = async (partition: number): Promise<void> => {
    const records = queues[partition]?.splice(0) ?? [];
    if (records.length > 0) await log.append({ topic, partition }, records);
  };
  const running = new Set<Promise<void>>();
  const mutate = mutator(backlog.badEvery ?? Number.POSITIVE_INFINITY);
  for (const view of repeated(madeUpViews(backlog), backlog.repeatEvery)) {
    const partition = partitionOf(view.token, partitions);
    const frame = mutate({ key: Buffer.from(view.token), value: Buffer.from(serde.encode(view)) });
    queues[partition]?.push({ ...frame, timestamp: view.receivedAt });
    if ((queues[partition]?.length ?? 0) < 1_000) continue;
    const sending = flush(partition).finally(() => running.delete(sending));
    running.add(sending);
    if (running.size >= 8) await Promise.race(running);
  }
  await Promise.all(running);
  await Promise.all(queues.map((_, partition) => flush(partition)));
  await log.close();
}

/** Every so many frames one is changed, by each mutation of the poison check in turn. */
function mutator(badEvery: number): (frame: WholeFrame) => Frame {
  const random = seededRandom(badSeed);
  let seen = 0;
  return (frame) => {
    seen += 1;
    if (seen % badEvery !== 0) return frame;
    return mutations[(seen / badEvery) % mutations.length]?.apply(frame, random) ?? frame;
  };
}

function* repeated(views: Iterable<TokenView>, every = Number.POSITIVE_INFINITY) {
  let seen = 0;
  for (const view of views) {
    seen += 1;
    yield view;
    if (seen % every === 0) yield view;
  }
}

function* madeUpViews({
  views,
  tokens,
  spanMs,
  visitors = 200_000,
}: Backlog): Generator<TokenView> {
  const start = Date.now() - spanMs;
  const cumulative = zipfCumulative(tokens);
  let state = 42;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  for (let i = 0; i < views; i += 1) {
    const at = start + Math.floor((i / views) * spanMs);
    const token = tokenAt(search(cumulative, random()));
    const visitor = Math.floor(random() * visitors);
    yield {
      ...{
        eventId: bytes(`e${i}-${start}`, 16),
        chain: 'eth',
        token,
        viewer: bytes(`v${visitor}`, 8),
        network: bytes(`n${visitor % 150_000}`, 8),
      },
      ...{
        viewedAt: at,
        receivedAt: at,
        source: 'web',
        partnerId: null,
        country: 'US',
        device: 'mobile',
        dwellMs: null,
        weightMicro: 1_000_000,
        flags: 0,
      },
    };
  }
}

/** The n-th made-up token, canonical. */
export function tokenAt(n: number): string {
  return `eth:0x${createHash('sha1').update(`token ${n}`).digest('hex')}`;
}

function bytes(text: string, size: number): Uint8Array {
  return createHash('sha1').update(text).digest().subarray(0, size);
}

function zipfCumulative(count: number): Float64Array {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) sums[rank] = sum += 1 / (rank + 1) ** 1.05;
  return sums.map((value) => value / sum);
}

function search(cumulative: Float64Array, x: number): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 1) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
