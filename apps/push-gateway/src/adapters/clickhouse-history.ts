import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { AppError, type Logger, type Part } from '@trending/runtime';
import type { BoardRef } from '@trending/schemas';
import type {
  BoardAt,
  BoardAtQuestion,
  History,
  HistoryPoint,
  HistoryQuestion,
} from '../history.ts';

export interface ClickHouseSettings {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  readonly logger: Logger;
}

/** What a ClickHouse that stands still may hold up. */
export interface HistoryLimits {
  /** From the question to the last byte of the answer, waiting for a connection included. */
  readonly deadlineMs: number;
  /** Queries under way or waiting for a connection; more are refused at once. */
  readonly queriesMax: number;
}

/** Roll-up view and its time column by step, ms. */
const rollups: ReadonlyMap<number, { readonly view: string; readonly column: string }> = new Map([
  [60_000, { view: 'views_per_minute', column: 'minute' }],
  [3_600_000, { view: 'views_per_hour', column: 'hour' }],
  [86_400_000, { view: 'views_per_day', column: 'day' }],
]);

const defaultLimits: HistoryLimits = { deadlineMs: 8_000, queriesMax: 64 };

/** History from the roll-ups and the board history. Every failure is CLICKHOUSE_UNAVAILABLE: live boards do not depend on it. */
export class ClickHouseHistory implements History, Part {
  readonly name = 'clickhouse';
  readonly #client: ClickHouseClient;
  readonly #logger: Logger;
  readonly #limits: HistoryLimits;
  #queries = 0;

  constructor(settings: ClickHouseSettings, limits = defaultLimits) {
    const { logger, ...connection } = settings;
    this.#logger = logger;
    this.#limits = limits;
    this.#client = createClient({
      ...connection,
      application: 'push-gateway',
      // Failures are logged here, once, as JSON.
      log: { level: ClickHouseLogLevel.OFF },
      // Counts only once a request has a connection; the deadline of #answer counts from the question.
      request_timeout: limits.deadlineMs,
      max_open_connections: 4,
      keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    });
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    await this.#client.close();
  }

  async points(question: HistoryQuestion): Promise<readonly HistoryPoint[]> {
    const [views, ranks] = await Promise.all([this.#views(question), this.#ranks(question)]);
    const points = new Map<number, HistoryPoint>();
    for (const { at, views: count, visitors } of views) {
      points.set(at, { at, views: count, visitors, bestRank: null });
    }
    for (const { at, bestRank } of ranks) {
      points.set(at, { ...(points.get(at) ?? { at, views: 0, visitors: 0 }), bestRank });
    }
    return [...points.values()].sort((a, b) => a.at - b.at);
  }

  async boardAt(question: BoardAtQuestion): Promise<BoardAt | undefined> {
    const [head] = await this.#rows<{ asOf: number; epoch: number; seq: number }>(
      `SELECT toUnixTimestamp64Milli(as_of) AS asOf, epoch, seq FROM board_history
       WHERE formula = {formula:String} AND \`window\` = {window:String} AND scope = {scope:String}
         AND as_of <= fromUnixTimestamp64Milli({at:Int64})
       ORDER BY as_of DESC, epoch DESC, seq DESC LIMIT 1`,
      { ...question.board, at: question.at },
    );
    if (head === undefined) return undefined;
    const items = await this.#items(question.board, head);
    return { asOf: head.asOf, items };
  }

  #items(board: BoardRef, head: { asOf: number; epoch: number; seq: number }) {
    return this.#rows<BoardAt['items'][number]>(
      `SELECT rank, token, score_micro AS scoreMicro, raw_views AS rawViews FROM board_history
       WHERE formula = {formula:String} AND \`window\` = {window:String} AND scope = {scope:String}
         AND as_of = fromUnixTimestamp64Milli({asOf:Int64})
         AND epoch = {epoch:UInt64} AND seq = {seq:UInt64} AND rank > 0
       ORDER BY rank LIMIT 1000`,
      { ...board, ...head },
    );
  }

  #views({ token, from, to, stepMs }: HistoryQuestion) {
    const rollup = rollups.get(stepMs);
    if (rollup === undefined) return Promise.resolve([]);
    const { view, column } = rollup;
    return this.#rows<{ at: number; views: number; visitors: number }>(
      `SELECT toUnixTimestamp(${column}) * 1000 AS at, views, visitors FROM ${view}
       WHERE token = {token:String}
         AND ${column} >= toDateTime({from:Int64}, 'UTC') AND ${column} < toDateTime({to:Int64}, 'UTC')
       ORDER BY at LIMIT 2000`,
      { token, from: Math.floor(from / 1_000), to: Math.ceil(to / 1_000) },
    );
  }

  #ranks({ token, from, to, stepMs, window, formula }: HistoryQuestion) {
    return this.#rows<{ at: number; bestRank: number }>(
      `SELECT intDiv(toUnixTimestamp64Milli(as_of), {stepMs:Int64}) * {stepMs:Int64} AS at, min(rank) AS bestRank
       FROM board_history
       WHERE formula = {formula:String} AND \`window\` = {window:String} AND scope = 'all'
         AND token = {token:String} AND rank > 0
         AND as_of >= fromUnixTimestamp64Milli({from:Int64}) AND as_of < fromUnixTimestamp64Milli({to:Int64})
       GROUP BY at ORDER BY at LIMIT 2000`,
      { token, from, to, stepMs, window, formula },
    );
  }

  async #rows<T>(query: string, parameters: Record<string, unknown>): Promise<readonly T[]> {
    if (this.#queries >= this.#limits.queriesMax)
      throw unavailable('Too many questions wait for history; live boards are not concerned.');
    this.#queries += 1;
    try {
      return await this.#answer<T>(query, parameters);
    } catch (cause) {
      this.#logger.warn({ err: cause }, 'history query failed');
      throw unavailable('History is not available now; live boards are not concerned.', cause);
    } finally {
      this.#queries -= 1;
    }
  }

  async #answer<T>(query: string, query_params: Record<string, unknown>): Promise<readonly T[]> {
    const signal = AbortSignal.timeout(this.#limits.deadlineMs);
    const answer = await this.#client.query({
      query,
      query_params,
      format: 'JSONEachRow',
      abort_signal: signal,
    });
    // The client heeds the signal until the headers are there only.
    const cut = () => answer.close();
    signal.addEventListener('abort', cut, { once: true });
    try {
      signal.throwIfAborted();
      return await answer.json<T>();
    } finally {
      signal.removeEventListener('abort', cut);
    }
  }
}

function unavailable(what: string, cause?: unknown): AppError {
  return new AppError({
    code: 'CLICKHOUSE_UNAVAILABLE',
    message: `${what} Try again later.`,
    retriable: true,
    cause,
  });
}
