import type { PublishHost } from './host.ts';
import { askedWaitMs } from './retry-delay.ts';
import type { Problem } from './view.ts';

/** A request about to be sent, for signing. */
export interface SignableRequest {
  readonly method: 'POST';
  /** Absolute. */
  readonly url: string;
  /** Path and query of the URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact text that is sent, UTF-8. */
  readonly body: string;
}

export interface AttemptSettings {
  readonly url: string;
  readonly format: 'json' | 'ndjson';
  readonly apiKey: string | (() => string | Promise<string>) | undefined;
  readonly sign:
    | ((
        request: SignableRequest,
      ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)
    | undefined;
  readonly timeoutMs: number;
  readonly host: PublishHost;
}

/** What one request came to. `rejected` is by position in the batch. */
export type AttemptOutcome =
  | { readonly kind: 'answered'; readonly rejected: ReadonlyMap<number, Problem> }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'too-large'; readonly problem: Problem }
  | { readonly kind: 'failed'; readonly askedMs: number | undefined; readonly cause: unknown };

/** Sends the views, each already as JSON text, once. Never throws: a broken line is an outcome too. */
export async function attempt(
  settings: AttemptSettings,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const timeout = new AbortController();
  const abort = () => timeout.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  const cancel = settings.host.after(settings.timeoutMs, () =>
    timeout.abort(new Error(`no answer within ${settings.timeoutMs} ms`)),
  );
  try {
    // The caller's functions hear of no signal: one that never answers must not hold the views for ever.
    const init = await unlessAborted(requestOf(settings, texts), timeout.signal);
    const response = await settings.host.fetch(settings.url, { ...init, signal: timeout.signal });
    return await outcomeOf(response, settings.host.now());
  } catch (cause) {
    return { kind: 'failed', askedMs: undefined, cause };
  } finally {
    cancel();
    signal.removeEventListener('abort', abort);
  }
}

/** What `work` comes to, or the signal's reason if that comes first. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    void work.then(resolve, reject).then(() => signal.removeEventListener('abort', abort));
  });
}

async function requestOf(
  { url, format, apiKey, sign }: AttemptSettings,
  texts: readonly string[],
): Promise<RequestInit> {
  const body = format === 'json' ? `[${texts.join(',')}]` : texts.join('\n');
  const headers: Record<string, string> = {
    'content-type': format === 'json' ? 'application/json' : 'application/x-ndjson',
  };
  const key = typeof apiKey === 'function' ? await apiKey() : apiKey;
  if (key !== undefined) headers['authorization'] = `Bearer ${key}`;
  if (sign === undefined) return { method: 'POST', headers, body };
  const { pathname, search } = new URL(url);
  const signed = await sign({ method: 'POST', url, path: pathname + search, headers, body });
  return { method: 'POST', headers: { ...headers, ...signed }, body };
}

async function outcomeOf(response: Response, now: number): Promise<AttemptOutcome> {
  const { status, headers } = response;
  if (status === 202) return { kind: 'answered', rejected: rejectionsIn(await response.json()) };
  const problem = await problemOf(response);
  if (status === 413) return { kind: 'too-large', problem };
  if (mayPass(status)) {
    const askedMs = askedWaitMs(headers.get('retry-after'), now);
    return { kind: 'failed', askedMs, cause: new Error(`${status} ${problem.detail}`) };
  }
  return { kind: 'refused', problem };
}

/** Statuses that a later try may not meet again. Anything unexpected below 400 is one too: a proxy spoke, not the service. */
function mayPass(status: number): boolean {
  return status < 400 || status >= 500 || status === 408 || status === 425 || status === 429;
}

/** @throws Error for an answer that is not the service's: its views are then of unknown fate and sent again. */
function rejectionsIn(answer: unknown): ReadonlyMap<number, Problem> {
  if (typeof answer !== 'object' || answer === null || !('rejected' in answer))
    throw new Error('202 without the list of rejected views: not an answer of the service');
  if (!Array.isArray(answer.rejected)) throw new Error('202 whose rejected views are no list');
  return new Map(
    (answer.rejected as { index: number; problem: Problem }[]).map(({ index, problem }) => [
      index,
      problem,
    ]),
  );
}

async function problemOf(response: Response): Promise<Problem> {
  const { status, statusText } = response;
  const plain = { type: 'about:blank', title: statusText, status, detail: `status ${status}` };
  try {
    return { ...plain, ...((await response.json()) as Partial<Problem>), status };
  } catch {
    return plain;
  }
}
