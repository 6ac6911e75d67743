import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProducedRecord, Serde } from '@trending/kafka';
import {
  addressOf,
  chainOf,
  type TokenMetadata,
  type TokenWeek,
  tokenOfWeekKey,
  weekKeyOf,
} from '@trending/schemas';
import { hourMs } from '../domain/hour-rules.ts';
import {
  hasWeeks,
  isSameWeek,
  rhythmHours,
  tokenWeekOf,
  type WeekSite,
  weekSiteOf,
} from '../domain/week-rhythm.ts';
import { decoded } from './rank-ports.ts';
import { type HourRange, type RhythmPorts, tokensPerQuestion } from './rhythm-ports.ts';

/** What a run found and wrote. */
export interface RhythmReport {
  /** Tokens whose week the topic tells now. */
  readonly tokens: number;
  readonly told: number;
  readonly removed: number;
}

/**
 * Reads four weeks of hours and tells the weeks that tokens have of their own on the metadata topic: those that changed, and tombstones of
 * those that are gone. So the longer past enters through the log: a score follows from what the topic said, never from ClickHouse. A second
 * run beside it writes the same records. @throws AppError of the source or the log, retriable; what was written stays right.
 */
export async function refreshRhythms(
  ports: RhythmPorts,
  now: number,
  signal: AbortSignal,
): Promise<RhythmReport> {
  const { source } = ports;
  const range = { firstHour: Math.floor(now / hourMs) - rhythmHours, hours: rhythmHours };
  const said = await saidWeeks(ports);
  const site = weekSiteOf(range.firstHour, await source.siteViews(range, signal));
  // An emptied ClickHouse knows less than what was said when it was full.
  if (!hasWeeks(site)) return { tokens: said.size, told: 0, removed: 0 };
  const names = await source.regularTokens(range, signal);
  const kept = new Set<string>();
  let told = 0;
  for (let at = 0; at < names.length; at += tokensPerQuestion) {
    const weeks = await weeksOf(names.slice(at, at + tokensPerQuestion), {
      ...{ ports, range, site, signal },
    });
    const changed = [...weeks].filter(([token, week]) => !isSameWeek(said.get(token), week));
    for (const token of weeks.keys()) kept.add(token);
    await append(ports, changed.map(weekRecord(ports)));
    told += changed.length;
  }
  const gone = [...said.keys()].filter((token) => !kept.has(token));
  for (let at = 0; at < gone.length; at += tokensPerQuestion)
    await append(ports, gone.slice(at, at + tokensPerQuestion).map(tombstone));
  return { tokens: kept.size, told, removed: gone.length };
}

interface WeekQuestion {
  readonly ports: RhythmPorts;
  readonly range: HourRange;
  readonly site: WeekSite;
  readonly signal: AbortSignal;
}

/** Of those of the tokens that have a week of their own. */
async function weeksOf(
  tokens: readonly string[],
  { ports, range, site, signal }: WeekQuestion,
): Promise<ReadonlyMap<string, TokenWeek>> {
  signal.throwIfAborted();
  const views = await ports.source.viewsOf(tokens, range, signal);
  const weeks = new Map<string, TokenWeek>();
  for (const [token, own] of views) {
    const week = tokenWeekOf(own, site);
    if (week !== undefined) weeks.set(token, week);
    // Half a millisecond each: views that are counted in the same process have their turn in between.
    await nextTurn();
  }
  return weeks;
}

/** What the topic says now. Whoever writes it tells of at most `rhythmTokensMax` tokens. */
async function saidWeeks(ports: RhythmPorts): Promise<ReadonlyMap<string, TokenWeek | undefined>> {
  const said = new Map<string, TokenWeek | undefined>();
  for await (const { key, value } of metadataRecords(ports)) {
    const token = tokenOfWeekKey(Buffer.from(key ?? '').toString('utf8'));
    if (token === undefined) continue;
    if (value === null) said.delete(token);
    else said.set(token, await weekOf(ports.metadata, value));
  }
  return said;
}

async function* metadataRecords({ log, metadataTopic: topic }: RhythmPorts) {
  const from = (await log.startOffsets(topic)).get(0) ?? 0;
  const to = (await log.endOffsets(topic)).get(0) ?? 0;
  for await (const { records } of log.read({ topic, partition: 0 }, { from, to })) yield* records;
}

async function weekOf(
  serde: Serde<TokenMetadata>,
  value: Uint8Array,
): Promise<TokenWeek | undefined> {
  const metadata = await decoded(serde, value);
  return metadata?.week ?? undefined;
}

async function append(ports: RhythmPorts, records: readonly ProducedRecord[]): Promise<void> {
  if (records.length === 0) return;
  await ports.log.append({ topic: ports.metadataTopic, partition: 0 }, records);
}

function weekRecord({ metadata }: RhythmPorts) {
  return ([token, week]: readonly [string, TokenWeek]): ProducedRecord => {
    const nothingElse = { name: '', symbol: '', categories: [], createdAt: null, logoUri: null };
    const whose = { chain: chainOf(token), address: addressOf(token) };
    const value = { ...whose, ...nothingElse, updatedAt: week.computedAt, week };
    return { key: weekKeyOf(token), value: metadata.encode(value) };
  };
}

function tombstone(token: string): ProducedRecord {
  return { key: weekKeyOf(token), value: null };
}
