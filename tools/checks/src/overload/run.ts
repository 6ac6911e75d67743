import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Log, type Serde, topicName } from '@trending/kafka';
import { type TokenView, topics } from '@trending/schemas';
import type { CheckConfig } from '../shared/config.ts';
import { readFates, readSinkLags } from '../shared/processors.ts';
import { emptyTally, Poster, type Tally } from './poster.ts';

export interface OverloadSettings {
  readonly seconds: number;
  readonly factor: number;
  readonly batch: number;
  readonly connections: number;
  readonly progressed: (seconds: number) => void;
}

export interface OverloadReport {
  /** Views a second that were confirmed while a few connections sent as fast as they were answered. */
  readonly capacity: number;
  readonly offeredPerSecond: number;
  readonly acceptedPerSecond: number;
  readonly tally: Omit<Tally, 'acked' | 'latencies'>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Event-loop delay of this process meanwhile: what it adds to every answer time itself. */
  readonly ownLagP99Ms: number;
  readonly acked: number;
  /** Acknowledged event ids that are not in the log. */
  readonly missing: number;
  /** From the last request until counts and ClickHouse had everything; -1: not within ten minutes. */
  readonly lagGoneSeconds: number;
  readonly ok: boolean;
}

export interface OverloadDeps {
  readonly log: Log;
  readonly serde: Serde<TokenView>;
  readonly config: CheckConfig;
}

const rampSeconds = 10;
const rampConnections = 16;
const tickMs = 20;
const lagMaxSeconds = 600;
const goalLagSeconds = 120;
const reachMs = 5_000;

/** @throws Error if a service does not answer, or the stack does not keep up with its own capacity. */
export async function runOverload(
  { log, serde, config }: OverloadDeps,
  settings: OverloadSettings,
): Promise<OverloadReport> {
  await mustAnswer(config);
  const topic = topicName(topics.views, config.TOPIC_PREFIX);
  const from = await log.endOffsets(topic);
  const target = { url: config.PRODUCER_URL, key: config.TRENDING_API_KEY, timeoutMs: 30_000 };
  const ramp = new Poster({ ...target, batch: settings.batch, connections: rampConnections });
  const ramped = emptyTally();
  await flood(ramp, ramped, { seconds: rampSeconds, perSecond: Number.POSITIVE_INFINITY });
  ramp.close();
  const capacity = ramped.acked.length / rampSeconds;
  if (capacity === 0) throw new Error(`${config.PRODUCER_URL} took no view in ${rampSeconds} s`);
  if ((await lagGone(log, config)) < 0)
    throw new Error(
      `counts or ClickHouse still lag ${lagMaxSeconds} s after the measuring of capacity`,
    );
  const { batch, connections, seconds, factor } = settings;
  const poster = new Poster({ ...target, batch, connections });
  const tally = emptyTally();
  const perSecond = Math.ceil((capacity * factor) / batch);
  const ownLag = monitorEventLoopDelay();
  ownLag.enable();
  await flood(poster, tally, { seconds, perSecond, progressed: settings.progressed });
  ownLag.disable();
  poster.close();
  const lagGoneSeconds = await lagGone(log, config);
  const missing = await missingIds({ log, serde, topic, from }, [...ramped.acked, ...tally.acked]);
  const { acked, latencies, ...counts } = tally;
  latencies.sort((a, b) => a - b);
  const isHonest = missing === 0 && counts.timeouts === 0 && counts.bareShed === 0;
  const isCaughtUp = lagGoneSeconds >= 0 && lagGoneSeconds <= goalLagSeconds;
  return {
    capacity,
    offeredPerSecond: ((counts.offered + counts.heldBack) * batch) / seconds,
    acceptedPerSecond: acked.length / seconds,
    ...{ tally: counts, acked: acked.length, missing, lagGoneSeconds },
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    maxMs: latencies.at(-1) ?? 0,
    ownLagP99Ms: ownLag.percentile(99) / 1e6,
    ok: isHonest && isCaughtUp && Object.keys(counts.broken).length === 0,
  };
}

/** A stack started with --no-apps would be noticed only after the first wait for its lag. */
async function mustAnswer(config: CheckConfig): Promise<void> {
  await readFates(config.processors);
  const views = topicName(topics.views, config.TOPIC_PREFIX);
  if ((await readSinkLags(config.processors, views)).length === 0)
    throw new Error(
      'No process of PROCESSOR_URLS tells how far ClickHouse is behind: add the one with the sink role, or wait until it owns partitions',
    );
  await fetch(`${config.PRODUCER_URL}/livez`, {
    signal: AbortSignal.timeout(reachMs),
  }).catch((cause: unknown) => {
    throw new Error(`${config.PRODUCER_URL} does not answer: check PRODUCER_URL`, { cause });
  });
}

interface Flow {
  readonly seconds: number;
  readonly perSecond: number;
  readonly progressed?: (seconds: number) => void;
}

/** Offers requests by the clock, whatever is answered; then waits for the last answers. */
async function flood(poster: Poster, tally: Tally, flow: Flow): Promise<void> {
  const { seconds, perSecond, progressed } = flow;
  const startedAt = performance.now();
  let due = 0;
  for (;;) {
    const elapsed = (performance.now() - startedAt) / 1_000;
    if (elapsed >= seconds) break;
    const isClosedLoop = perSecond === Number.POSITIVE_INFINITY;
    const wanted = isClosedLoop ? rampConnections - poster.inFlight : elapsed * perSecond - due;
    for (let i = 0; i < Math.floor(wanted); i += 1) poster.offer(tally);
    due += Math.max(0, Math.floor(wanted));
    progressed?.(elapsed);
    await sleep(isClosedLoop ? 1 : tickMs);
  }
  while (poster.inFlight > 0) await sleep(tickMs);
}

/** Seconds until the aggregate role stands at the log's end and the sink reports no lag of any partition. */
async function lagGone(log: Log, config: CheckConfig): Promise<number> {
  const topic = topicName(topics.views, config.TOPIC_PREFIX);
  const startedAt = performance.now();
  for (;;) {
    const elapsed = (performance.now() - startedAt) / 1_000;
    const ends = await log.endOffsets(topic);
    const fates = await readFates(config.processors).catch(() => []);
    const isFolded =
      fates.length === ends.size && fates.every((f) => f.position >= (ends.get(f.partition) ?? 0));
    const sinkLags = await readSinkLags(config.processors, topic).catch(() => []);
    const isInserted = sinkLags.length >= ends.size && sinkLags.every((records) => records === 0);
    if (isFolded && isInserted) return elapsed;
    if (elapsed > lagMaxSeconds) return -1;
    await sleep(500);
  }
}

interface Range {
  readonly log: Log;
  readonly serde: Serde<TokenView>;
  readonly topic: string;
  readonly from: ReadonlyMap<number, number>;
}

/** How many of the ids the log does not hold. */
async function missingIds(range: Range, acked: string[]): Promise<number> {
  const { log, topic, from } = range;
  const missing = new Set(acked.map((id) => id.replaceAll('-', '')));
  for (const [partition, to] of await log.endOffsets(topic)) {
    const part = { from: from.get(partition) ?? 0, to };
    for await (const { records } of log.read({ topic, partition }, part))
      for (const { value } of records) missing.delete(eventIdOf(value, range));
  }
  return missing.size;
}

function eventIdOf(value: Uint8Array | null, { serde }: Range): string {
  const decoded = value === null ? undefined : serde.decode(value);
  return decoded?.ok ? Buffer.from(decoded.value.eventId).toString('hex') : '';
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
