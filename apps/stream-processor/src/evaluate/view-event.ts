import { hash } from 'node:crypto';
import { isTokenKey, lowerCaseHex, viewFlags } from '@trending/schemas';
import { fullWeightMicro } from '../domain/counting-rules.ts';
import type { FoldedView } from '../domain/folded-view.ts';

/** A view and when its log would have taken it. */
export interface ViewEvent {
  readonly view: FoldedView;
  /** The record's time, ms: `receivedAt`, else `viewedAt`. */
  readonly timestamp: number;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const robots: ReadonlySet<unknown> = new Set(['bot', 'robot', 'headless']);
const trendingListMicro = 500_000;
/** A view that ended at once. */
const bounceMicro = 250_000;
/** Panes are numbered in 32 bits, which end soon after. */
const timeEnd = Date.UTC(2600, 0);
const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * A line of NDJSON as the pipeline would have published it. `viewer` and `network` may be any text or number and are hashed;
 * `eventId` is a UUID or any other name of the event; `token` may be the address alone when `chain` stands beside it.
 * @throws Error that says what is wrong with the line
 */
export function viewEventOf(line: string): ViewEvent {
  const event = objectOf(line);
  const viewedAt = timeOf(event, 'viewedAt');
  const receivedAt = event['receivedAt'] == null ? viewedAt : timeOf(event, 'receivedAt');
  const [chain, token] = tokenOf(event);
  const isRobot = robots.has(event['device']);
  const view: FoldedView = {
    eventId: eventIdOf(idOf(event, 'eventId')),
    chain,
    token,
    viewer: hashOf(idOf(event, 'viewer'), 8),
    network: hashOf(idOf(event, 'network'), 8),
    viewedAt,
    receivedAt,
    source: typeof event['source'] === 'string' ? event['source'] : '',
    country: typeof event['country'] === 'string' ? event['country'] : null,
    weightMicro: weightOf(event),
    flags: isRobot ? viewFlags.robot : 0,
  };
  return { view, timestamp: receivedAt };
}

type Fields = Readonly<Record<string, unknown>>;

function objectOf(line: string): Fields {
  const value: unknown = JSON.parse(line);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error('not a JSON object');
}

function timeOf(event: Fields, name: string): number {
  const value = event[name];
  const time = typeof value === 'number' ? value : parsedTime(String(value));
  if (!(Number.isInteger(time) && time >= 0))
    throw new Error(
      `${name} ${JSON.stringify(value)} is no time: give ISO 8601, e.g. 2026-01-31T12:00:00Z`,
    );
  if (time < timeEnd) return time;
  throw new Error(
    `${name} ${JSON.stringify(value)} is beyond the year 2600: give ISO 8601, or ms since 1970`,
  );
}

/** The last time that was read: most views are received when they are viewed. */
let lastTime = { text: '', time: Number.NaN };

function parsedTime(text: string): number {
  if (text !== lastTime.text) lastTime = { text, time: newTime(text) };
  return lastTime.time;
}

/** A time without a zone is UTC, on every machine. */
function newTime(text: string): number {
  const form = isoTime.exec(text);
  if (form === null) return Number.NaN;
  return Date.parse(form[1] === undefined && text.length > 10 ? `${text}Z` : text);
}

/** As the publisher weighs a view: how it ended, and where it came from. */
function weightOf({ dwellMs, source }: Fields): number {
  if (dwellMs != null && !(Number.isInteger(dwellMs) && (dwellMs as number) >= 0))
    throw new Error(
      `dwellMs ${JSON.stringify(dwellMs)} is no time looked at: give a whole number of milliseconds`,
    );
  const visit = dwellMs === 0 ? bounceMicro : fullWeightMicro;
  const origin = source === 'trending_list' ? trendingListMicro : fullWeightMicro;
  return Math.floor((visit * origin) / fullWeightMicro);
}

function idOf(event: Fields, name: string): string {
  const value = event[name];
  if ((typeof value === 'string' && value !== '') || typeof value === 'number')
    return String(value);
  throw new Error(`${name} is missing`);
}

/** Chain and token by how they were given: bounded by starting over. */
const tokens = new Map<string, readonly [string, string]>();
const tokensMax = 500_000;

function tokenOf(event: Fields): readonly [string, string] {
  const given = idOf(event, 'token');
  const name = `${String(event['chain'] ?? '')} ${given}`;
  const known = tokens.get(name);
  if (known !== undefined) return known;
  if (tokens.size >= tokensMax) tokens.clear();
  const canonical = canonicalToken(event, given);
  tokens.set(name, canonical);
  return canonical;
}

/** Chain and canonical token; the chain and hexadecimal addresses in lower case, as the publisher writes them. */
function canonicalToken(event: Fields, given: string): readonly [string, string] {
  const colon = Math.max(0, given.indexOf(':'));
  const chain = String(event['chain'] ?? given.slice(0, colon)).toLowerCase();
  if (chain === '')
    throw new Error(`token ${given} names no chain: give chain, or token as chain:address`);
  const hasChain = colon > 0 && given.slice(0, colon).toLowerCase() === chain;
  const token = `${chain}:${lowerCaseHex(hasChain ? given.slice(colon + 1) : given)}`;
  if (isTokenKey(token)) return [chain, token];
  throw new Error(
    `token ${JSON.stringify(token.slice(0, 200))} is no chain:address: chains are a-z, 0-9, _ and -, addresses ASCII without spaces`,
  );
}

function eventIdOf(id: string): Uint8Array {
  return uuid.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : hashOf(id, 16);
}

/** By way of a text of one byte a character: Node takes three times as long to answer with a buffer. */
function hashOf(text: string, bytes: number): Uint8Array {
  return Buffer.from(hash('sha256', text, 'binary').slice(0, bytes), 'latin1');
}
