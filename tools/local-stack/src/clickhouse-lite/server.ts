import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import type { Logger, Part } from '@trending/runtime';
import { beginAnswer, exceptionTag, lateException, sendException, writeBlocks } from './answer.ts';
import { readBody } from './body.ts';
import { type Engine, openEngine } from './engine.ts';
import { ClickHouseException, exceptionOf } from './exceptions.ts';
import { cancel, execute, noWork, type Result, resultFormatOf } from './execute.ts';
import { type QueryRequest, queryRequestOf } from './query-request.ts';
import { createQuerySlots, type QuerySlots } from './query-slots.ts';
import { createRunningQueries, type RunningQueries } from './running-queries.ts';
import type { User } from './users.ts';

export interface ClickHouseLiteSettings {
  readonly host: string;
  /** 0 = any free port, see `url()`. */
  readonly port: number;
  /** Data directory, made when missing. */
  readonly dir: string;
  readonly users: readonly User[];
  readonly bodyBytesMax: number;
  readonly runningMax: number;
  readonly waitingMax: number;
  readonly logger: Logger;
}

export interface ClickHouseLite extends Part {
  /** Base URL once started. */
  url(): string;
}

interface Context {
  readonly settings: ClickHouseLiteSettings;
  readonly engine: Engine;
  readonly slots: QuerySlots;
  readonly running: RunningQueries;
}

/** ClickHouse's HTTP interface on the embedded engine. */
export function createClickHouseLite(settings: ClickHouseLiteSettings): ClickHouseLite {
  let server: Server | undefined;
  let engine: Engine | undefined;
  const open = new Set<Promise<void>>();
  return {
    name: 'clickhouse-lite',
    async start() {
      if (server !== undefined) return;
      engine = await openEngine(settings.dir);
      const slots = createQuerySlots(settings);
      const context = { settings, engine, slots, running: createRunningQueries() };
      server = createServer({ keepAliveTimeout: 3_000, requestTimeout: 300_000 }, (req, res) => {
        const done = handle(context, req, res).finally(() => open.delete(done));
        open.add(done);
      });
      await listen(server, settings);
    },
    async stop() {
      if (server === undefined) return;
      const closing = server;
      server = undefined;
      closing.close();
      closing.closeIdleConnections();
      const drained = Promise.allSettled([...open]);
      const cut = setTimeout(() => closing.closeAllConnections(), 2_000);
      await drained;
      clearTimeout(cut);
      closing.closeAllConnections();
      engine?.close();
      engine = undefined;
    },
    url() {
      const address = server?.address();
      if (address === null || typeof address !== 'object') throw new Error('not listening');
      return `http://${settings.host}:${address.port}`;
    },
  };
}

async function listen(server: Server, { host, port }: ClickHouseLiteSettings): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function handle(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('X-ClickHouse-Server-Display-Name', hostname());
  try {
    const url = new URL(request.url ?? '/', 'http://engine');
    if (isForeignPage(request))
      return plain(response, 403, 'Pages of other sites may not query.\n');
    if (url.pathname === '/ping' || url.pathname === '/replicas_status') {
      return plain(response, 200, 'Ok.\n');
    }
    if (url.pathname !== '/') return plain(response, 404, notFoundText(url.pathname));
    if (!['GET', 'HEAD', 'POST'].includes(request.method ?? '')) {
      return plain(response, 405, 'Use GET or POST.\n');
    }
    if (request.method !== 'POST' && !url.searchParams.has('query')) {
      return plain(response, 200, 'Ok.\n');
    }
    await answer(context, { request, response, url: url.searchParams });
  } catch (error) {
    fail(context, response, error);
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URLSearchParams;
}

async function answer(context: Context, exchange: Exchange): Promise<void> {
  const { settings, engine, slots, running } = context;
  const { request, response, url } = exchange;
  const body =
    request.method === 'POST' ? await readBody(request, settings.bodyBytesMax) : Buffer.alloc(0);
  const query = queryRequestOf(request, url, { users: settings.users, body });
  const leave = running.enter(query.queryId);
  const release = await slots.acquire().catch((error: unknown) => {
    leave();
    throw error;
  });
  const connection = engine.connect();
  const cancelled = () => {
    if (response.writableFinished || query.data !== undefined) return;
    void cancel(engine, query).catch((err: unknown) => settings.logger.debug({ err }, 'cancel'));
  };
  response.once('close', cancelled);
  try {
    if (response.destroyed) return;
    await deliver(context, exchange, { query, result: await execute(connection, query) });
  } finally {
    response.off('close', cancelled);
    connection.close();
    release();
    leave();
  }
}

async function deliver(
  { engine, settings }: Context,
  { request, response }: Exchange,
  { query, result }: { readonly query: QueryRequest; readonly result: Result },
): Promise<void> {
  const tag = exceptionTag();
  if (result.kind === 'blocks') response.setHeader('X-ClickHouse-Exception-Tag', tag);
  const out = beginAnswer(request, response, {
    queryId: query.queryId,
    format: resultFormatOf(query),
    timezone: engine.timezone,
    summary: result.kind === 'whole' ? result.summary : noWork,
    mayCompress: query.mayCompress,
  });
  if (result.kind === 'whole') {
    out.end(result.bytes);
    return;
  }
  try {
    await writeBlocks(out, response, result.blocks);
    out.end();
  } catch (error) {
    settings.logger.debug({ err: error, queryId: query.queryId }, 'result broke off');
    out.end(lateException(exceptionOf(error).text, tag));
  }
}

function fail({ engine, settings }: Context, response: ServerResponse, error: unknown): void {
  if (!(error instanceof ClickHouseException)) settings.logger.debug({ err: error }, 'exception');
  if (response.destroyed) return;
  if (response.headersSent) response.destroy();
  else sendException(response, error, engine.version);
}

/** The development engine listens without a password, so a web page elsewhere must not reach it through the browser. */
function isForeignPage(request: IncomingMessage): boolean {
  const { origin } = request.headers;
  return (
    origin !== undefined && !/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(origin)
  );
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=UTF-8' }).end(text);
}

function notFoundText(path: string): string {
  return `There is no handle ${path}\n\nUse / or /ping for health checks; send queries with POST / or GET /?query=...\n`;
}
