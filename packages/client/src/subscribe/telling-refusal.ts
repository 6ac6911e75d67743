import type { ErrorFrame } from '@trending/schemas/frames';
import type { Transport, TransportRequest } from './transport.ts';
import { askRest, refusalOf } from './transports/ask-rest.ts';

/**
 * Browsers hide why a connection failed: a token that is not valid, a page that may not connect and a gateway that is away look the
 * same. This tells them apart when nothing at all was heard, and reports what was refused as an error before the end.
 */
export function tellingRefusal(transport: Transport, isRefused = isOriginRefused): Transport {
  return {
    name: transport.name,
    isAvailable: () => transport.isAvailable(),
    open(request, events) {
      const unwanted = new AbortController();
      const isWanted = () => !unwanted.signal.aborted;
      let wasHeard = false;
      const link = transport.open(request, {
        onFrame: (frame) => {
          wasHeard = true;
          events.onFrame(frame);
        },
        onClosed: (reason, retryAfterMs) => {
          const asksRest = transport.hidesAnswers === true;
          if (wasHeard || !(asksRest || isForeign(request.endpoint)))
            return events.onClosed(reason, retryAfterMs);
          void refusal(request, { asksRest, isRefused, signal: unwanted.signal }).then((frame) => {
            if (isWanted() && frame !== undefined) events.onFrame(frame);
            if (isWanted()) events.onClosed(reason, retryAfterMs);
          });
        },
      });
      return {
        requestSnapshot: () => link.requestSnapshot(),
        close: () => {
          unwanted.abort();
          link.close();
        },
      };
    },
  };
}

interface Asking {
  readonly asksRest: boolean;
  readonly isRefused: (endpoint: string) => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** Never rejects. */
async function refusal(request: TransportRequest, how: Asking): Promise<ErrorFrame | undefined> {
  const { endpoint, board } = request;
  const { asksRest, isRefused, signal } = how;
  const answer = asksRest ? await askRest(request, { signal }).catch(() => undefined) : undefined;
  if (answer !== undefined) return refusalOf(answer, board);
  const isOrigin = isForeign(endpoint) && (await isRefused(endpoint));
  return isOrigin ? originProblem(endpoint) : undefined;
}

/** The gateway answers somebody (an opaque answer, which says nothing else), but not this page. Never rejects. */
export async function isOriginRefused(endpoint: string): Promise<boolean> {
  const url = `${endpoint}/livez`;
  const answers = (mode: RequestMode) =>
    fetch(url, { mode, cache: 'no-store', credentials: 'omit' }).then(
      () => true,
      () => false,
    );
  return (await answers('no-cors')) && !(await answers('cors'));
}

function isForeign(endpoint: string): boolean {
  return typeof location !== 'undefined' && !endpoint.startsWith(location.origin);
}

function originProblem(endpoint: string): ErrorFrame {
  return {
    type: 'error',
    code: 'origin-not-allowed',
    message: `${location.origin} may not show boards of ${endpoint}. Its operator can add it to ALLOWED_ORIGINS.`,
  };
}
