import { viewTokenHeader } from '@trending/schemas/http/signing';
import type { BeaconOptions, RefusedView } from './options.ts';
import type { ViewTokenSource } from './view-token.ts';

/** A view as it is sent, each time the same. */
export interface WrittenView {
  readonly eventId: string;
  readonly body: string;
  readonly viewToken: string | undefined | Promise<string>;
}

/** `later`: nobody knows whether the service has it, so it is worth another try. */
export type PostOutcome =
  | { readonly kind: 'sent' | 'later' }
  | ({ readonly kind: 'refused' } & Refusal);

type Refusal = Pick<RefusedView, 'status' | 'detail'>;

export function bodyOf(
  { chain, source, partnerId }: BeaconOptions,
  eventId: string,
  dwellMs: number,
): string {
  return JSON.stringify({ chain, eventId, source, partnerId, dwellMs });
}

/**
 * Sends a view, and at once again with another token when the service does not believe the first: it may have run out, or been
 * revoked, while the page was looked at. Never rejects.
 */
export async function postWithToken(
  options: BeaconOptions,
  view: Omit<WrittenView, 'viewToken'>,
  tokens: ViewTokenSource,
): Promise<PostOutcome> {
  const outcome = await postView(options, { ...view, viewToken: tokens.take() });
  if (outcome.kind !== 'refused' || !isOfToken.has(outcome.status)) return outcome;
  const viewToken = tokens.replace();
  return viewToken === undefined ? outcome : postView(options, { ...view, viewToken });
}

const isOfToken = new Set([401, 403]);

/** Sends a view once. Never rejects: a broken line is an outcome too. */
export async function postView(options: BeaconOptions, view: WrittenView): Promise<PostOutcome> {
  const { endpoint, address } = options;
  const url = `${endpoint.replace(/\/+$/, '')}/api/v1/tokens/${encodeURIComponent(address)}/view`;
  // Older browsers cut a fetch with the page. A beacon survives, but carries neither headers nor, across origins, JSON.
  if (options.viewToken === undefined && !('keepalive' in Request.prototype))
    return { kind: sendBeacon(url, options, view) ? 'sent' : 'later' };
  try {
    // Without an await where it is at hand: a page that is being left has no other turn.
    const viewToken = view.viewToken instanceof Promise ? await view.viewToken : view.viewToken;
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(viewToken !== undefined && { [viewTokenHeader]: viewToken }),
      },
      body: view.body,
      keepalive: true,
      credentials: 'omit',
    });
    return await outcomeOf(answer);
  } catch {
    return { kind: 'later' };
  }
}

function sendBeacon(url: string, options: BeaconOptions, { eventId }: WrittenView): boolean {
  const { chain, source } = options;
  const query = new URLSearchParams({ eventId });
  if (chain !== undefined) query.set('chain', chain);
  if (source !== undefined) query.set('source', source);
  return navigator.sendBeacon(`${url}?${query}`);
}

const mayPass = new Set([408, 425, 429]);

async function outcomeOf(answer: Response): Promise<PostOutcome> {
  const { status } = answer;
  if (answer.ok) return { kind: 'sent' };
  if (status < 400 || status > 499 || mayPass.has(status)) return { kind: 'later' };
  const problem = await answer.json().catch(() => undefined);
  return { kind: 'refused', status, detail: String(problem?.detail ?? `status ${status}`) };
}
