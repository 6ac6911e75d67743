import type { SignableRequest } from './attempt.ts';
import type { DeliverySettings } from './batch-delivery.ts';
import type { PublishHost } from './host.ts';
import type { RejectedView } from './view.ts';

export interface PublisherOptions {
  /** Base URL of the producer-api, such as `https://publish.trending.example.com`. */
  readonly endpoint: string;
  /** Sent as `Authorization: Bearer`; a function is asked before every request, so keys may rotate. */
  readonly apiKey?: string | (() => string | Promise<string>);
  /** Headers to add to a request, such as a signature of it; asked anew for every try. */
  readonly sign?: (
    request: SignableRequest,
  ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Most views of a request, 1 to 1000; default 500. */
  readonly batchViewsMax?: number;
  /** Most bytes of a request, up to 1 MiB; default 512 KiB. */
  readonly batchBytesMax?: number;
  /** How long a view waits for company, ms; default 20. */
  readonly batchAgeMsMax?: number;
  /** Requests on their way at once; default 4. */
  readonly requestsMax?: number;
  /** Views without a last word that are held, waiting and sent ones together; default 10 000. */
  readonly queueViewsMax?: number;
  /** What `publish` does when that many are held: reject with `queue-full` (default), or wait for room. */
  readonly whenFull?: 'reject' | 'wait';
  /** Calls that may wait for room at once; those beyond get `queue-full`. Default 10 000. */
  readonly waitingMax?: number;
  /** Time for one request, ms; default 10 000. */
  readonly requestTimeoutMs?: number;
  /** How long a view is tried again before it counts as undelivered, ms; default 120 000. */
  readonly retryForMs?: number;
  /** Body of the requests; default `json`. */
  readonly format?: 'json' | 'ndjson';
  /**
   * Sets `viewedAt` to the moment of `publish`, so a late retry counts where it belongs. Needs a key, and a clock at
   * most a minute ahead of the service's. Default false: the service counts a view when it arrives.
   */
  readonly stampTime?: boolean;
  /** Ends everything: what waits and what is on its way is rejected with `aborted`. */
  readonly signal?: AbortSignal;
  /** Told of every view that the service calls wrong, besides the result of its `publish`. */
  readonly onRejected?: (rejected: RejectedView) => void;
}

export interface Settings extends DeliverySettings {
  readonly batchViewsMax: number;
  readonly batchBytesMax: number;
  readonly batchAgeMsMax: number;
  readonly requestsMax: number;
  readonly queueViewsMax: number;
  readonly whenFull: 'reject' | 'wait';
  readonly waitingMax: number;
  readonly stampTime: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onRejected: ((rejected: RejectedView) => void) | undefined;
}

const viewsPerRequest = 1_000;
const bytesPerRequest = 1_048_576;

const numbers = {
  batchViewsMax: { usual: 500, least: 1, most: viewsPerRequest },
  batchBytesMax: { usual: 524_288, least: 1, most: bytesPerRequest },
  batchAgeMsMax: { usual: 20, least: 0, most: 60_000 },
  requestsMax: { usual: 4, least: 1, most: 64 },
  queueViewsMax: { usual: 10_000, least: 1, most: 1_000_000 },
  waitingMax: { usual: 10_000, least: 0, most: 1_000_000 },
  requestTimeoutMs: { usual: 10_000, least: 1, most: 600_000 },
  retryForMs: { usual: 120_000, least: 0, most: 86_400_000 },
} as const;

/** The options with their defaults. @throws TypeError that names the wrong option and its bounds */
export function settingsOf(options: PublisherOptions, host: PublishHost): Settings {
  const number = (name: keyof typeof numbers) => numberOf(options, name);
  return {
    url: urlOf(options.endpoint),
    apiKey: options.apiKey,
    sign: options.sign,
    format: options.format ?? 'json',
    whenFull: options.whenFull ?? 'reject',
    stampTime: options.stampTime ?? false,
    signal: options.signal,
    onRejected: options.onRejected,
    host,
    timeoutMs: number('requestTimeoutMs'),
    retryForMs: number('retryForMs'),
    batchViewsMax: number('batchViewsMax'),
    batchBytesMax: number('batchBytesMax'),
    batchAgeMsMax: number('batchAgeMsMax'),
    requestsMax: number('requestsMax'),
    queueViewsMax: number('queueViewsMax'),
    waitingMax: number('waitingMax'),
  };
}

function numberOf(options: PublisherOptions, name: keyof typeof numbers): number {
  const { usual, least, most } = numbers[name];
  const value = options[name] ?? usual;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TypeError(
    `createPublisher: ${name} is a whole number from ${least} to ${most}, not ${value}`,
  );
}

function urlOf(endpoint: string): string {
  const base = endpoint.replace(/\/+$/, '');
  if (/^https?:\/\/[^/]/.test(base) && URL.canParse(base)) return `${base}/api/v1/views`;
  throw new TypeError(
    `createPublisher: endpoint is the http(s) base URL of the producer-api, not "${endpoint}"`,
  );
}
