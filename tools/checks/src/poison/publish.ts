import { randomBytes, randomUUID } from 'node:crypto';
import { type Log, type ProducedRecord, partitionOf, type Serde } from '@trending/kafka';
import { seededRandom } from '@trending/runtime/random';
import type { TokenView } from '@trending/schemas';
import { type Frame, mutations } from './mutate.ts';
import { type Expected, expectedOf } from './oracle.ts';

export interface PoisonSettings {
  readonly log: Log;
  readonly serde: Serde<TokenView>;
  /** The views topic. */
  readonly topic: string;
  readonly frames: number;
  readonly seed: number;
  readonly progressed: (frames: number) => void;
}

/** A mutated frame in the log, and what must become of it. */
export interface Sent {
  readonly mutation: string;
  readonly expected: Expected;
}

export interface Published {
  /** By `partition/offset`. */
  readonly bad: ReadonlyMap<string, Sent>;
  /** Places of the views that nobody touched. */
  readonly good: ReadonlySet<string>;
}

export interface Draft extends Frame {
  readonly partition: number;
  readonly timestamp: number;
  readonly sent?: Sent;
}

const tokens = 40;
const batchFrames = 250;

/** Appends `frames` mutated frames, one good view beside each, in the same batches. */
export async function publishPoison(settings: PoisonSettings): Promise<Published> {
  const { log, topic, frames, seed, progressed } = settings;
  const random = seededRandom(seed);
  const partitions = await log.partitionCount(topic);
  const published = { bad: new Map<string, Sent>(), good: new Set<string>() };
  for (let from = 0; from < frames; from += batchFrames) {
    const drafts: Draft[] = [];
    for (let i = from; i < Math.min(frames, from + batchFrames); i += 1) {
      drafts.push(goodDraft(settings, partitions, i));
      drafts.push(await badDraft(settings, partitions, { index: i, random }));
    }
    await appendAll(settings, drafts, published);
    progressed(Math.min(frames, from + batchFrames));
  }
  return published;
}

/** Records made beforehand, so that only what becomes of them is timed. */
export async function draftsOf(
  settings: PoisonSettings,
  { records, badEvery, round }: { records: number; badEvery: number; round: number },
): Promise<Draft[]> {
  const random = seededRandom(settings.seed + round);
  const partitions = await settings.log.partitionCount(settings.topic);
  const drafts: Draft[] = [];
  let bad = 0;
  for (let index = 0; index < records; index += 1) {
    const isBad = index % badEvery === badEvery - 1;
    if (isBad) drafts.push(await badDraft(settings, partitions, { index: bad, random }));
    else drafts.push(goodDraft(settings, partitions, index));
    bad += isBad ? 1 : 0;
  }
  return drafts;
}

function goodDraft({ serde, seed }: PoisonSettings, partitions: number, index: number) {
  const token = `poison${seed % 1e6}:t${index % tokens}`;
  const timestamp = Date.now();
  const value = Buffer.from(serde.encode(viewOf(token, timestamp)));
  return { key: Buffer.from(token), value, timestamp, partition: partitionOf(token, partitions) };
}

async function badDraft(
  settings: PoisonSettings,
  partitions: number,
  { index, random }: { readonly index: number; readonly random: () => number },
): Promise<Draft> {
  const mutation = mutations[index % mutations.length];
  if (mutation === undefined) throw new Error('there are no mutations');
  const base = goodDraft(settings, partitions, index);
  const frame = mutation.apply(base, random);
  const expected = await expectedOf(frame, base.timestamp, settings.serde);
  return { ...base, ...frame, sent: { mutation: mutation.name, expected } };
}

/** In a few large appends, one a partition. */
export async function appendAll(
  { log, topic }: PoisonSettings,
  drafts: readonly Draft[],
  published: { readonly bad: Map<string, Sent>; readonly good: Set<string> },
): Promise<void> {
  for (const [partition, own] of Map.groupBy(drafts, (draft) => draft.partition)) {
    const records: ProducedRecord[] = own.map(({ key, value, timestamp }) => ({
      ...{ key, value, timestamp },
    }));
    const base = await log.append({ topic, partition }, records);
    for (const [i, { sent }] of own.entries()) {
      const place = `${partition}/${base + i}`;
      if (sent === undefined) published.good.add(place);
      else published.bad.set(place, sent);
    }
  }
}

function viewOf(token: string, now: number): TokenView {
  return {
    eventId: Buffer.from(randomUUID().replaceAll('-', ''), 'hex'),
    chain: token.slice(0, token.indexOf(':')),
    token,
    viewer: randomBytes(8),
    network: randomBytes(8),
    viewedAt: now,
    receivedAt: now,
    source: 'backend',
    partnerId: null,
    country: null,
    device: null,
    dwellMs: null,
    weightMicro: 1_000_000,
    flags: 0,
  };
}
