import { uuidV7 } from '../uuid-v7.ts';
import { firstWithin } from './seen.ts';

export interface BeaconOptions {
  /** Base URL of the producer-api; '' is the page's own origin. */
  readonly endpoint: string;
  readonly address: string;
  readonly chain?: string;
  /** Where the view comes from, such as `web`. */
  readonly source?: string;
  readonly partnerId?: string;
  /** Visible time after which the view is told, ms; who leaves earlier is told then. Default 2000. */
  readonly afterMs?: number;
  /** Called with the event id once the view is on its way. */
  readonly onSent?: (eventId: string) => void;
}

/** The same browser and token again within this time is the same view (COUNTER's double-click rule), ms. */
const sameViewMs = 30_000;
const triesMax = 3;
/** What the page itself ends sooner was never looked at, such as the first of StrictMode's two mounts, ms. */
const glimpseMs = 100;

/**
 * Tells the service that this page shows a token's map: once, after the page was really visible, with the time it was
 * visible so far. Works while the page is being left. Returns what ends the view early, for pages that change their
 * content without loading anew; calling it twice does nothing.
 */
export function reportView(options: BeaconOptions): () => void {
  const { address, chain, afterMs = 2_000 } = options;
  const eventId = uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  let wasSeen = false;
  let visibleMs = 0;
  let visibleSince: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let tries = 0;
  let body: string | undefined;

  const stopClock = (): void => {
    clearTimeout(timer);
    if (visibleSince !== undefined) visibleMs += performance.now() - visibleSince;
    visibleSince = undefined;
  };

  const send = (): void => {
    stopClock();
    // Never visible, such as a page opened in a background tab or prerendered and thrown away: nobody looked.
    if (isOver || !wasSeen) return;
    if (body === undefined && !firstWithin(sameViewMs, `${chain ?? ''}:${address}`)) {
      end();
      return;
    }
    // Written once: a second try must say the same under its event id.
    body ??= bodyOf(options, eventId, Math.round(visibleMs));
    isOver = true;
    tries += 1;
    void post(options, eventId, body).then((isTold) => {
      if (isTold) options.onSent?.(eventId);
      // Tried again when the page is next hidden, shown or left.
      else if (tries < triesMax) isOver = false;
      if (isOver) end();
    });
  };

  const look = (): void => {
    if (document.visibilityState === 'hidden') send();
    else if (visibleSince === undefined && !isOver) startClock();
  };

  const startClock = (): void => {
    wasSeen = true;
    visibleSince = performance.now();
    if (Number.isFinite(afterMs)) timer = setTimeout(send, Math.max(0, afterMs - visibleMs));
  };

  const end = (): void => {
    isOver = true;
    stopClock();
    document.removeEventListener('visibilitychange', look);
    removeEventListener('pagehide', send);
  };

  document.addEventListener('visibilitychange', look);
  addEventListener('pagehide', send);
  look();
  return () => {
    stopClock();
    if (visibleMs >= glimpseMs || tries > 0) send();
    if (tries === 0) end();
  };
}

function bodyOf({ chain, source, partnerId }: BeaconOptions, eventId: string, dwellMs: number) {
  return JSON.stringify({ chain, eventId, source, partnerId, dwellMs });
}

/** True once the service has the view, or will never take it. */
async function post(options: BeaconOptions, eventId: string, body: string): Promise<boolean> {
  const { endpoint, address, chain, source } = options;
  const url = `${endpoint.replace(/\/+$/, '')}/api/v1/tokens/${encodeURIComponent(address)}/view`;
  if (!('keepalive' in Request.prototype)) {
    // Older browsers cut a fetch with the page. A beacon survives, but carries no JSON across origins.
    const query = new URLSearchParams({ eventId });
    if (chain !== undefined) query.set('chain', chain);
    if (source !== undefined) query.set('source', source);
    return navigator.sendBeacon(`${url}?${query}`);
  }
  try {
    const { status } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      keepalive: true,
      credentials: 'omit',
    });
    return status < 500 && status !== 429;
  } catch {
    return false;
  }
}
