import { randomBytes, randomUUID } from 'node:crypto';
import { until } from '@trending/runtime/testing';

/** What a test needs of the running stack; the fields of `npm run status -- --json`. */
export interface StackUrls {
  readonly producerUrl: string;
  readonly processorUrl: string;
  readonly gatewayUrl: string;
  readonly clickhouseUrl: string;
  readonly kafka: string;
  readonly registryUrl: string;
  readonly apiKey: string;
}

/** A token nobody else uses: tests share one stack and stay apart by their tokens. */
export function freshToken(): {
  readonly chain: string;
  readonly address: string;
  readonly token: string;
} {
  const address = `0x${randomBytes(20).toString('hex')}`;
  return { chain: 'eth', address, token: `eth:${address}` };
}

export interface ViewInput {
  readonly address: string;
  readonly chain?: string;
  readonly eventId?: string;
  readonly viewer?: string;
  readonly network?: string;
  readonly viewedAt?: number;
}

/** `count` views of one token by as many visitors from as many networks. */
export function viewsOf(token: { chain: string; address: string }, count: number): ViewInput[] {
  return Array.from({ length: count }, () => ({
    ...{ chain: token.chain, address: token.address, eventId: randomUUID() },
    ...{ viewer: randomUUID(), network: randomUUID() },
  }));
}

/** Publishes as a trusted backend. */
export async function postViews(stack: StackUrls, views: readonly ViewInput[]): Promise<Response> {
  return fetch(`${stack.producerUrl}/api/v1/views`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(views),
  });
}

/** Publishes until the API took them: the same event ids again after a 503 or a lost connection, as a good client does. */
export async function publishSurely(stack: StackUrls, views: readonly ViewInput[]): Promise<void> {
  await until({ timeoutMs: 90_000, what: 'the producer-api to accept the views' }, async () => {
    const response = await postViews(stack, views);
    const body = (await response.json()) as { accepted?: number; duplicate?: number };
    return response.status === 202 && (body.accepted ?? 0) + (body.duplicate ?? 0) === views.length
      ? true
      : undefined;
  });
}

export interface RankedItem {
  readonly rank: number;
  readonly token: string;
  readonly rawViews: number;
  readonly visitors?: number;
}

/** The board over REST, whole. */
export async function restBoard(
  stack: StackUrls,
  query = 'window=5m&formula=views&limit=100',
): Promise<RankedItem[]> {
  const response = await fetch(`${stack.gatewayUrl}/api/v1/tokens/trending?${query}`);
  if (!response.ok) throw new Error(`board: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { items: RankedItem[] }).items;
}

/** Waits until the board shows exactly this many views of the token. */
export async function boardShows(
  stack: StackUrls,
  token: string,
  views: number,
): Promise<RankedItem> {
  let seen: RankedItem | undefined;
  const what = { timeoutMs: 60_000, what: `${views} views of ${token} on the 5m board` };
  return until(what, async () => {
    seen = (await restBoard(stack)).find((item) => item.token === token);
    return seen?.rawViews === views ? seen : undefined;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; last seen: ${JSON.stringify(seen)}`, { cause: error });
  });
}

/** One SQL query over ClickHouse's HTTP interface, rows as objects. */
export async function sql<T>(stack: StackUrls, query: string): Promise<T[]> {
  const response = await fetch(`${stack.clickhouseUrl}/?default_format=JSONEachRow`, {
    method: 'POST',
    body: query,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Waits until ClickHouse holds this many different events of the token; a batch sent twice is two records of the log, and so two rows. */
export async function clickhouseShows(
  stack: StackUrls,
  token: string,
  rows: number,
): Promise<void> {
  const query = `SELECT toUInt32(uniqExact(event_id)) AS n FROM trending.token_views WHERE token = '${token}'`;
  await until({ timeoutMs: 60_000, what: `${rows} events of ${token} in ClickHouse` }, async () => {
    const [row] = await sql<{ n: number }>(stack, query);
    return Number(row?.n) === rows ? true : undefined;
  });
}
