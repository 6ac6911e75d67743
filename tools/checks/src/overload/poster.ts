import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

export interface Tally {
  /** Requests. */
  offered: number;
  accepted: number;
  /** 503 with Retry-After. */
  shed: number;
  /** 503 without Retry-After: a client could not know when to come back. */
  bareShed: number;
  rateLimited: number;
  timeouts: number;
  /** Connections that ended without an answer, by error and kind of socket: `ECONNRESET reused`. */
  broken: Record<string, number>;
  other: Record<string, number>;
  /** Not sent: the connections were all busy, as at an attacker's own end. */
  heldBack: number;
  /** Views of answers 202, ids in `acked`. */
  acked: string[];
  latencies: number[];
}

export function emptyTally(): Tally {
  return {
    ...{ offered: 0, accepted: 0, shed: 0, bareShed: 0, rateLimited: 0, timeouts: 0 },
    ...{ broken: {}, other: {}, heldBack: 0, acked: [], latencies: [] },
  };
}

export interface PosterSettings {
  readonly url: string;
  readonly key: string;
  /** Views in one request. */
  readonly batch: number;
  readonly connections: number;
  readonly timeoutMs: number;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** Sends batches over a bounded number of connections; never waits for one to answer before the next. */
export class Poster {
  readonly #settings: PosterSettings;
  readonly #agent: Agent;
  #inFlight = 0;
  readonly #token = `eth:0x${randomUUID().replaceAll('-', '')}00000000`;

  constructor(settings: PosterSettings) {
    this.#settings = settings;
    this.#agent = new Agent({ keepAlive: true, maxSockets: settings.connections });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Starts one request, if a connection is free. */
  offer(tally: Tally): void {
    if (this.#inFlight >= this.#settings.connections) {
      tally.heldBack += 1;
      return;
    }
    this.#inFlight += 1;
    tally.offered += 1;
    const ids = Array.from({ length: this.#settings.batch }, () => randomUUID());
    const startedAt = performance.now();
    this.#post(ids)
      .then((answer) => {
        tally.latencies.push(performance.now() - startedAt);
        judge(tally, answer, ids);
      })
      .catch((error: unknown) => {
        if (error instanceof Error && error.message === 'timeout') tally.timeouts += 1;
        else countIn(tally.broken, error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        this.#inFlight -= 1;
      });
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(ids: readonly string[]): Promise<Answer> {
    const { url, key, timeoutMs } = this.#settings;
    const address = this.#token.slice(4);
    const views = ids.map((eventId, i) => ({
      ...{
        eventId,
        chain: 'eth',
        address: `${address.slice(0, -2)}${String(i % 90).padStart(2, '0')}`,
      },
      ...{ viewer: eventId, network: eventId },
    }));
    const body = JSON.stringify(views);
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    };
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const call = request(`${url}/api/v1/views`, { method: 'POST', headers, agent: this.#agent });
    call.setTimeout(timeoutMs, () => call.destroy(new Error('timeout')));
    call.on('error', (error) => reject(brokenBy(error, call.reusedSocket)));
    call.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (bytes: Buffer) => parts.push(bytes));
      response.on('error', (error) => reject(brokenBy(error, call.reusedSocket)));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          retryAfter: response.headers['retry-after'],
          body: Buffer.concat(parts).toString('utf8'),
        }),
      );
    });
    call.end(body);
    return promise;
  }
}

/** A batch may be taken in part: only views that are not named as rejected are acknowledged. */
function judge(tally: Tally, { status, retryAfter, body }: Answer, ids: readonly string[]): void {
  if (status === 202) {
    tally.accepted += 1;
    tally.acked.push(...acknowledged(body, ids));
  } else if (status === 503) {
    if (retryAfter === undefined) tally.bareShed += 1;
    else tally.shed += 1;
  } else if (status === 429) tally.rateLimited += 1;
  else countIn(tally.other, String(status));
}

function countIn(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** A socket that was idle may be closed by the server while a request is on its way: that is nobody's fault, a new one is. */
function brokenBy(error: Error & { code?: string }, isReused: boolean): Error {
  if (error.message === 'timeout') return error;
  return new Error(`${error.code ?? error.message} ${isReused ? 'reused' : 'new'}`);
}

function acknowledged(body: string, ids: readonly string[]): string[] {
  const { rejected = [] } = JSON.parse(body) as { rejected?: { index: number }[] };
  const refused = new Set(rejected.map(({ index }) => index));
  return ids.filter((_, i) => !refused.has(i));
}
