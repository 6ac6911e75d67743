import type { BoardRef, ServerFrame } from '@trending/schemas/frames';

/** What to follow, and from which version to continue when one is held. */
export interface TransportRequest {
  /** Base URL of the gateway, without a slash at its end. */
  readonly endpoint: string;
  readonly board: BoardRef;
  readonly limit: number;
  /** For private boards; asked for anew at every connection. */
  readonly accessToken?: string;
  readonly since?: { readonly epoch: number; readonly seq: number };
}

export interface TransportEvents {
  onFrame(frame: ServerFrame): void;
  /** Once, at most: the link is gone and nothing follows. Not called after `close()`. The gateway may have said when to come again. */
  onClosed(reason: string, retryAfterMs?: number): void;
}

/** One open (or opening) connection that follows one board. */
export interface TransportLink {
  /** Asks for a whole snapshot; the answer is a frame. */
  requestSnapshot(): void;
  close(): void;
}

/** A way to get frames. `open` never throws: whatever is in the way is reported through `onClosed`, after it has returned. */
export interface Transport {
  readonly name: string;
  /** Its failures do not tell what the gateway answered: REST is asked for that. */
  readonly hidesAnswers?: boolean;
  /** False where the platform lacks what it needs. */
  isAvailable(): boolean;
  open(request: TransportRequest, events: TransportEvents): TransportLink;
}

/**
 * What `begin` opened. Browsers throw for addresses they do not like, and for `ws:` from an `https:` page; such a link is closed
 * on the next turn, as one that nobody answered.
 */
export function openedLink(events: TransportEvents, begin: () => TransportLink): TransportLink {
  try {
    return begin();
  } catch (error) {
    let isWanted = true;
    queueMicrotask(() => isWanted && events.onClosed(String(error)));
    return {
      requestSnapshot: () => undefined,
      close: () => {
        isWanted = false;
      },
    };
  }
}

/** A frame from text; undefined for anything that is not a frame of ours. */
export function parseFrame(text: unknown): ServerFrame | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isFrame(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const frameTypes = new Set(['snapshot', 'delta', 'heartbeat', 'error']);

function isFrame(value: unknown): value is ServerFrame {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  return typeof value.type === 'string' && frameTypes.has(value.type);
}
