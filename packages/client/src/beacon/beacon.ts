import { uuidV7 } from '../uuid-v7.ts';
import type { BeaconOptions } from './options.ts';
import { bodyOf, type PostOutcome, postWithToken } from './post-view.ts';
import { firstWithin } from './seen.ts';
import { createViewTokenSource } from './view-token.ts';

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
  const tokens = createViewTokenSource(options.viewToken);
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
    void postWithToken(options, { eventId, body }, tokens).then((outcome) => {
      // Tried again when the page is next hidden, shown or left.
      if (outcome.kind === 'later' && tries < triesMax) isOver = false;
      else end();
      tell(options, eventId, outcome);
    });
  };

  const look = (): void => {
    if (document.visibilityState === 'hidden') send();
    else if (visibleSince === undefined && !isOver) startClock();
  };

  const startClock = (): void => {
    wasSeen = true;
    tokens.ask();
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

function tell(options: BeaconOptions, eventId: string, outcome: PostOutcome): void {
  if (outcome.kind === 'sent') options.onSent?.(eventId);
  if (outcome.kind !== 'refused') return;
  const { status, detail } = outcome;
  options.onRefused?.({ eventId, status, detail });
}
