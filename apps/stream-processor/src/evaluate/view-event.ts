import { hash } from 'node:crypto';
import { viewFlags } from '@trending/schemas';
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
    weightMicro: event['source'] === 'trending_list' ? trendingListMicro : fullWeightMicro,
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
  const time = typeof value === 'number' ? value : Date.parse(String(value));
  if (Number.isSafeInteger(time) && time >= 0) return time;
  throw new Error(
    `${name} ${JSON.stringify(value)} is no time: give ISO 8601, e.g. 2026-01-31T12:00:00Z`,
  );
}

function idOf(event: Fields, name: string): string {
  const value = event[name];
  if ((typeof value === 'string' && value !== '') || typeof value === 'number')
    return String(value);
  throw new Error(`${name} is missing`);
}

/** Chain and canonical token; hexadecimal addresses in lower case, as chains compare them. */
function tokenOf(event: Fields): readonly [string, string] {
  const given = idOf(event, 'token');
  const colon = given.indexOf(':');
  const chain =
    event['chain'] == null ? given.slice(0, Math.max(0, colon)) : String(event['chain']);
  if (chain === '')
    throw new Error(`token ${given} names no chain: give chain, or token as chain:address`);
  const address = given.startsWith(`${chain}:`) ? given.slice(chain.length + 1) : given;
  return [chain, `${chain}:${address.startsWith('0x') ? address.toLowerCase() : address}`];
}

function eventIdOf(id: string): Uint8Array {
  return uuid.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex') : hashOf(id, 16);
}

function hashOf(text: string, bytes: number): Uint8Array {
  return hash('sha256', text, 'buffer').subarray(0, bytes);
}
