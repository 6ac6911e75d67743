import type { ErrorFrame } from '@trending/schemas/frames';
import type { Transport } from './transport.ts';

/**
 * Browsers hide why a connection to another origin failed: a page that may not connect looks like a gateway that is away. This tells the
 * two apart when nothing at all was heard, and reports a refused origin as an error before the end.
 */
export function tellingRefusal(transport: Transport, isRefused = isOriginRefused): Transport {
  return {
    name: transport.name,
    isAvailable: () => transport.isAvailable(),
    open(request, events) {
      let isWanted = true;
      let wasHeard = false;
      const link = transport.open(request, {
        onFrame: (frame) => {
          wasHeard = true;
          events.onFrame(frame);
        },
        onClosed: (reason) => {
          if (wasHeard || !isForeign(request.endpoint)) return events.onClosed(reason);
          void isRefused(request.endpoint).then((refused) => {
            if (isWanted && refused) events.onFrame(originProblem(request.endpoint));
            if (isWanted) events.onClosed(reason);
          });
        },
      });
      return {
        requestSnapshot: () => link.requestSnapshot(),
        close: () => {
          isWanted = false;
          link.close();
        },
      };
    },
  };
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
