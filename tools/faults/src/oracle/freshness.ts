import { setTimeout as delay } from 'node:timers/promises';
import { windows } from '@trending/schemas';
import { type ServedBoard, servedBoard } from './board-check.ts';
import { sqlRows } from './http.ts';
import type { PaneCounts } from './pane-counts.ts';

const boardEveryMs = 100;
const historyEveryMs = 200;
const questionLimitMs = 2_000;
const watchedWindow = windows.find(({ name }) => name === '1h');

/**
 * Time until a board, as the first gateway that answers serves it, holds for every token a view first published after the kill, ms: more views than all that
 * were ever attempted before it. Undefined after `timeoutMs`.
 */
export async function boardFreshAfter(
  gatewayUrls: readonly string[],
  { before, tokens }: { readonly before: PaneCounts; readonly tokens: readonly string[] },
  timeoutMs: number,
): Promise<number | undefined> {
  return timed({ everyMs: boardEveryMs, timeoutMs }, async () => {
    if (watchedWindow === undefined) return true;
    const { board, items } = await firstServed(gatewayUrls, watchedWindow.name);
    const asOf = Date.parse(board.asOf);
    const shown = new Map(items.map(({ token, rawViews }) => [token, rawViews]));
    return tokens.every(
      (token, index) => (shown.get(token) ?? 0) > before.inWindow(index, watchedWindow, asOf),
    );
  });
}

/** What a client behind a load balancer gets: a gateway that does not answer is passed over, one with old boards is not. */
async function firstServed(gatewayUrls: readonly string[], window: string): Promise<ServedBoard> {
  let failure: unknown = new Error('there is no gateway');
  for (const url of gatewayUrls)
    try {
      return await servedBoard(url, window, questionLimitMs);
    } catch (error) {
      failure = error;
    }
  throw failure;
}

/** Time until ClickHouse holds, of every partition, a view received after `killedAt`, ms. */
export async function historyFreshAfter(
  clickhouseUrl: string,
  { killedAt, partitions }: { readonly killedAt: number; readonly partitions: number },
  timeoutMs: number,
): Promise<number | undefined> {
  const query = `SELECT uniqExact(_partition) AS n FROM token_views WHERE received_at > fromUnixTimestamp64Milli(${killedAt})`;
  return timed({ everyMs: historyEveryMs, timeoutMs }, async () => {
    const [row] = await sqlRows<{ n: string }>(clickhouseUrl, query);
    return Number(row?.n) === partitions;
  });
}

/** Resolves once ClickHouse has so many rows. @throws Error after `timeoutMs` */
export async function historyHolds(
  clickhouseUrl: string,
  rows: number,
  timeoutMs: number,
): Promise<void> {
  const took = await timed({ everyMs: historyEveryMs, timeoutMs }, async () => {
    const [row] = await sqlRows<{ n: string }>(
      clickhouseUrl,
      'SELECT count() AS n FROM token_views',
    );
    return Number(row?.n) >= rows;
  });
  if (took === undefined) throw new Error(`ClickHouse has not ${rows} rows after ${timeoutMs} ms`);
}

async function timed(
  { everyMs, timeoutMs }: { readonly everyMs: number; readonly timeoutMs: number },
  isFresh: () => Promise<boolean>,
): Promise<number | undefined> {
  const startedAt = performance.now();
  for (;;) {
    if (await isFresh().catch(() => false)) return Math.round(performance.now() - startedAt);
    if (performance.now() - startedAt > timeoutMs) return undefined;
    await delay(everyMs);
  }
}
