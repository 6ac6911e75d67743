import type { HistoryAnswer, StandingAnswer } from '@trending/schemas/http/tokens';
import { longestAddress } from '@trending/schemas/token-key';

export interface TokenId {
  readonly chain: string;
  readonly address: string;
}

/** Chain and address from `/token/<chain>/<address>`; undefined for any other path. */
export function tokenFromPath(path: string): TokenId | undefined {
  const match = /^\/token\/([^/]{1,64})\/([^/]+)\/?$/.exec(path);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  try {
    const address = decodeURIComponent(match[2]);
    if (address.length > longestAddress) return undefined;
    return { chain: decodeURIComponent(match[1]), address };
  } catch {
    return undefined;
  }
}

/** A refusal in the gateway's own words (RFC 9457), with its status. */
export class RequestRefused extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

export function fetchStanding(id: TokenId): Promise<StandingAnswer> {
  return getJson(tokenUrl(id, '', {}));
}

/** A span of the chart: how far back, and how fine. */
export interface Span {
  readonly label: string;
  readonly ms: number;
  readonly step: '1m' | '1h' | '1d';
}

const hour = 3_600_000;

export const spans: readonly Span[] = [
  { label: '1h', ms: hour, step: '1m' },
  { label: '6h', ms: 6 * hour, step: '1m' },
  { label: '24h', ms: 24 * hour, step: '1m' },
  { label: '7d', ms: 168 * hour, step: '1h' },
  { label: '90d', ms: 90 * 24 * hour, step: '1d' },
];

export function fetchHistory(id: TokenId, span: Span, now: number): Promise<HistoryAnswer> {
  const from = new Date(now - span.ms).toISOString();
  const to = new Date(now).toISOString();
  return getJson(tokenUrl(id, '/history', { from, to, step: span.step }));
}

/** The ranks a token had on the board over everything of one window and formula. */
export interface RanksWanted {
  readonly span: Span;
  readonly window: string;
  readonly formula: string;
  /** Epoch ms. */
  readonly now: number;
}

export function fetchRanks(id: TokenId, wanted: RanksWanted): Promise<HistoryAnswer> {
  const { span, window, formula, now } = wanted;
  const from = new Date(now - span.ms).toISOString();
  const to = new Date(now).toISOString();
  return getJson(tokenUrl(id, '/history', { from, to, step: span.step, window, formula }));
}

function tokenUrl({ chain, address }: TokenId, path: string, more: Record<string, string>): string {
  const query = new URLSearchParams({ chain, ...more });
  return `/api/v1/tokens/${encodeURIComponent(address)}${path}?${query}`;
}

async function getJson<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw new RequestRefused(answer.status, detailOf(body, answer.status));
  return body as T;
}

function detailOf(body: unknown, status: number): string {
  const isProblem = typeof body === 'object' && body !== null && 'detail' in body;
  return isProblem ? String(body.detail) : `The gateway answered ${status}.`;
}
