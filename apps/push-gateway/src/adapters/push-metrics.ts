import { Counter, Gauge, Histogram, type Registry } from '@trending/runtime';
import type { CloseReason, ServerFrame } from '@trending/schemas';
import type { TransportName } from './connection.ts';

export interface BoardTimes {
  readonly scoredAt: number;
  /** 0 when the board holds no view. */
  readonly receivedAt: number;
}

const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

interface Tally {
  frames: number;
  bytes: number;
}

type TransportTallies = Record<ServerFrame['type'], Tally>;

function talliesOfTransport(): TransportTallies {
  const zero = (): Tally => ({ frames: 0, bytes: 0 });
  return { snapshot: zero(), delta: zero(), heartbeat: zero(), error: zero() };
}

/** The push edge in numbers. Sends are tallied in plain fields and read at scrape time: a label look-up per delivery would show. */
export class PushMetrics {
  readonly #tallies: Readonly<Record<TransportName, TransportTallies>> = {
    'socket.io': talliesOfTransport(),
    websocket: talliesOfTransport(),
    sse: talliesOfTransport(),
  };
  readonly #clients: Gauge<'transport'>;
  readonly #closed: Counter<'transport' | 'reason'>;
  readonly #latency: Histogram<'since'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#clients = new Gauge({
      name: 'trending_push_clients',
      help: 'Open connections',
      labelNames: ['transport'],
      registers,
    });
    this.#closed = new Counter({
      name: 'trending_push_closed_total',
      help: 'Connections ended by the gateway',
      labelNames: ['transport', 'reason'],
      registers,
    });
    this.#latency = new Histogram({
      name: 'trending_push_latency_seconds',
      help: 'Until the last holder of a board was sent its new version: since scoring, since the newest view was received',
      labelNames: ['since'],
      buckets: latencyBuckets,
      registers,
    });
    this.#counter(registry, 'frames');
    this.#counter(registry, 'bytes');
  }

  opened(transport: TransportName): void {
    this.#clients.inc({ transport });
  }

  ended(transport: TransportName): void {
    this.#clients.dec({ transport });
  }

  closed(transport: TransportName, reason: CloseReason): void {
    this.#closed.inc({ transport, reason });
  }

  sent(transport: TransportName, type: ServerFrame['type'], bytes: number): void {
    const tally = this.#tallies[transport][type];
    tally.frames += 1;
    tally.bytes += bytes;
  }

  pushed({ scoredAt, receivedAt }: BoardTimes, now: number): void {
    if (scoredAt > 0) this.#latency.observe({ since: 'scored' }, Math.max(0, now - scoredAt) / 1e3);
    if (receivedAt > 0)
      this.#latency.observe({ since: 'received' }, Math.max(0, now - receivedAt) / 1e3);
  }

  #counter(registry: Registry, what: 'frames' | 'bytes'): void {
    const tallies = this.#tallies;
    new Counter({
      name: `trending_push_${what}_total`,
      help: `Sent ${what}, by transport and frame type`,
      labelNames: ['transport', 'type'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [transport, byType] of Object.entries(tallies)) {
          for (const [type, tally] of Object.entries(byType)) {
            if (tally.frames > 0) this.inc({ transport, type }, tally[what]);
          }
        }
      },
    });
  }
}
