import type { ViewRequest, ViewsAnswer } from '@trending/schemas/http/publish';

export interface PostOutcome {
  /** Places in the batch that the API confirmed. */
  readonly confirmed: readonly number[];
  /** Why the others were not. */
  readonly problem: string;
}

const timeoutMs = 15_000;

/** One attempt to publish a batch; never throws, but for an answer that no repetition can mend. */
export async function postOnce(
  views: readonly ViewRequest[],
  { api, key }: { readonly api: string; readonly key: string },
): Promise<PostOutcome> {
  try {
    const response = await fetch(`${api}/api/v1/views`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(views),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (response.status === 202) return outcomeOf(views.length, JSON.parse(text) as ViewsAnswer);
    if (response.status < 500 && response.status !== 429)
      throw new RefusedError(`${response.status}: ${text.slice(0, 300)}`);
    return { confirmed: [], problem: `answer ${response.status}` };
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    return { confirmed: [], problem: 'no answer' };
  }
}

/** The API will never take these views: a mistake of ours, not a fault. */
export class RefusedError extends Error {}

function outcomeOf(count: number, { rejected }: ViewsAnswer): PostOutcome {
  const wrong = rejected.find(({ problem }) => problem.status !== 503);
  if (wrong !== undefined) throw new RefusedError(JSON.stringify(wrong.problem));
  const refused = new Set(rejected.map(({ index }) => index));
  const confirmed = Array.from({ length: count }, (_, index) => index).filter(
    (index) => !refused.has(index),
  );
  return { confirmed, problem: rejected.length > 0 ? 'items 503' : '' };
}
