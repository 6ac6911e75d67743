import type { ServerFrame } from '@trending/schemas/frames';
import type {
  Transport,
  TransportEvents,
  TransportLink,
  TransportRequest,
} from '../../../src/subscribe/transport.ts';

/** One link as the test sees it from the gateway's side. */
export class ScriptedLink implements TransportLink {
  readonly request: TransportRequest;
  readonly #events: TransportEvents;
  snapshotsAsked = 0;
  isClosed = false;

  constructor(request: TransportRequest, events: TransportEvents) {
    this.request = request;
    this.#events = events;
  }

  requestSnapshot(): void {
    this.snapshotsAsked += 1;
  }

  close(): void {
    this.isClosed = true;
  }

  send(frame: ServerFrame): void {
    this.#events.onFrame(frame);
  }

  break(reason = 'broken', retryAfterMs?: number): void {
    this.#events.onClosed(reason, retryAfterMs);
  }
}

/** A transport whose links the test drives. */
export class ScriptedTransport implements Transport {
  readonly name: string;
  readonly links: ScriptedLink[] = [];

  constructor(name = 'scripted') {
    this.name = name;
  }

  isAvailable(): boolean {
    return true;
  }

  open(request: TransportRequest, events: TransportEvents): TransportLink {
    const link = new ScriptedLink(request, events);
    this.links.push(link);
    return link;
  }

  get newest(): ScriptedLink {
    const link = this.links.at(-1);
    if (link === undefined) throw new Error('nothing was opened');
    return link;
  }
}
