import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelay } from '@trending/runtime';
import type { ViewRequest, ViewsAnswer } from '@trending/schemas/http/publish';

export interface PosterSettings {
  /** Base URL of the producer-api. */
  readonly api: string;
  readonly key: string;
  readonly fetch?: typeof fetch;
  /** Waits; tests bring their own. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

export interface PostCounts {
  readonly accepted: number;
  readonly duplicate: number;
  readonly filtered: number;
}

/** The API does not take these views, and would not take them later. */
export class RefusedError extends Error {}

const attemptsMax = 30;
const backoff = { initialMs: 200, maxMs: 10_000 };
const requestTimeoutMs = 30_000;

/**
 * Posts one batch until every view of it is confirmed. What the API could not store (503, 429, no answer) is sent again under the
 * same event ids, after Retry-After if it names one. @throws RefusedError for what no repetition can mend.
 */
export async function postViews(
  views: readonly ViewRequest[],
  settings: PosterSettings,
): Promise<PostCounts> {
  const { wait = sleep } = settings;
  let counts: PostCounts = { accepted: 0, duplicate: 0, filtered: 0 };
  let left = views;
  let problem = '';
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const answer = await postOnce(left, settings);
    if ('answer' in answer) {
      counts = added(counts, answer.answer);
      left = unconfirmed(left, answer.answer);
      if (left.length === 0) return counts;
    }
    problem = 'problem' in answer ? answer.problem : `${left.length} views were not stored`;
    const named = 'retryAfterMs' in answer ? answer.retryAfterMs : 0;
    await wait(Math.max(named, backoffDelay(backoff, attempt, Math.random())));
  }
  throw new RefusedError(`gave up after ${attemptsMax} attempts: ${problem}`);
}

type Answer =
  | { readonly answer: ViewsAnswer }
  | { readonly problem: string; readonly retryAfterMs: number };

async function postOnce(
  views: readonly ViewRequest[],
  { api, key, fetch: send = fetch }: PosterSettings,
): Promise<Answer> {
  let response: Response;
  try {
    response = await send(new URL('/api/v1/views', api), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(views),
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { problem: `${api} does not answer: ${String(cause)}`, retryAfterMs: 0 };
  }
  if (response.ok) return { answer: (await response.json()) as ViewsAnswer };
  const text = await response.text();
  if (response.status < 500 && response.status !== 429)
    throw new RefusedError(`${api} answered ${response.status}: ${text.slice(0, 500)}`);
  return {
    problem: `${response.status} ${text.slice(0, 200)}`,
    retryAfterMs: retryAfterMs(response),
  };
}

/** Views the brokers did not confirm. @throws RefusedError for the first one that is wrong in itself. */
function unconfirmed(views: readonly ViewRequest[], { rejected }: ViewsAnswer): ViewRequest[] {
  const wrong = rejected.find(({ problem }) => problem.status !== 503);
  if (wrong !== undefined) {
    const view = JSON.stringify(views[wrong.index]);
    throw new RefusedError(`${wrong.problem.title}: ${wrong.problem.detail} (view ${view})`);
  }
  return rejected.flatMap(({ index }) => views[index] ?? []);
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) ? Math.min(60, Math.max(0, seconds)) * 1_000 : 0;
}

function added(sum: PostCounts, more: ViewsAnswer): PostCounts {
  return {
    accepted: sum.accepted + more.accepted,
    duplicate: sum.duplicate + more.duplicate,
    filtered: sum.filtered + more.filtered,
  };
}
