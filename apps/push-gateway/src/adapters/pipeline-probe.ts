import { type Log, topicName } from '@trending/kafka';
import { type Clock, type PartitionFates, partitionFates } from '@trending/runtime';
import { topics } from '@trending/schemas';
import type { OpsStatus, ServiceStatus } from '../ops-status.ts';

export interface PipelineProbeSettings {
  readonly log: Pick<Log, 'endOffsets'>;
  readonly clock: Clock;
  readonly topicPrefix: string;
  /** Base URLs of the stream-processors' ops ports. */
  readonly processors: readonly string[];
  /** Why this gateway is not ready, if so. */
  readonly unreadiness: () => Promise<string | undefined>;
}

const timeoutMs = 2_000;
/** However many look at the page, processors and brokers are asked once in this time. */
const freshMs = 2_000;

/** Looks at log and processors when asked, for the ops page. */
export class PipelineProbe {
  readonly #settings: PipelineProbeSettings;
  #asked: Promise<OpsStatus> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(settings: PipelineProbeSettings) {
    this.#settings = settings;
  }

  /** Never rejects: what does not answer is a service that is not ready. */
  status(): Promise<OpsStatus> {
    const now = this.#settings.clock.now();
    if (this.#asked === undefined || now - this.#askedAt >= freshMs) {
      this.#askedAt = now;
      this.#asked = this.#look(now);
    }
    return this.#asked;
  }

  async #look(asOf: number): Promise<OpsStatus> {
    const { log, processors, topicPrefix, unreadiness } = this.#settings;
    const [own, ends, ...looked] = await Promise.all([
      unreadiness(),
      within(log.endOffsets(topicName(topics.views, topicPrefix))),
      ...processors.map(lookAt),
    ]);
    const gateway = serviceOf('push-gateway', own === undefined, own ?? 'ready');
    const broker = serviceOf('kafka', ends !== undefined, ends ? 'answers' : 'does not answer');
    const fates = partitionFates(looked.map(({ metrics }) => metrics));
    const services = [gateway, broker, ...looked.map(({ service }) => service)];
    return { asOf, services, partitions: rowsOf(ends ?? new Map(), fates) };
  }
}

function rowsOf(
  ends: ReadonlyMap<number, number>,
  fates: readonly PartitionFates[],
): OpsStatus['partitions'] {
  const byPartition = new Map(fates.map((one) => [one.partition, one]));
  return [...new Set([...ends.keys(), ...byPartition.keys()])]
    .sort((a, b) => a - b)
    .map((partition) => {
      const own = byPartition.get(partition);
      const logEnd = ends.get(partition) ?? null;
      const position = own?.position ?? null;
      // The processors were asked beside the broker: one that read on meanwhile is not ahead of the log.
      const lag = logEnd === null || position === null ? null : Math.max(0, logEnd - position);
      return { partition, logEnd, position, lag, ...countsOf(own) };
    });
}

function countsOf(own: PartitionFates | undefined) {
  if (own === undefined) return { accepted: null, fates: null, residual: null, unaccepted: null };
  const { accepted, fates, residual } = own;
  const unaccepted = Number.isNaN(own.unaccepted) ? null : own.unaccepted;
  return { accepted, fates, residual, unaccepted };
}

interface Looked {
  readonly service: ServiceStatus;
  readonly metrics: string;
}

async function lookAt(url: string): Promise<Looked> {
  const name = `stream-processor ${url}`;
  try {
    const [ready, metrics] = await Promise.all([
      get(`${url}/readyz?verbose`),
      get(`${url}/metrics`),
    ]);
    const failing = ready.text.split('\n').filter((line) => line.startsWith('[-]'));
    const detail = ready.ok ? 'ready' : failing.join(' ').slice(0, 300);
    return { service: serviceOf(name, ready.ok, detail), metrics: metrics.text };
  } catch {
    return { service: serviceOf(name, false, 'does not answer'), metrics: '' };
  }
}

function serviceOf(name: string, ready: boolean, detail: string): ServiceStatus {
  return { name, ready, detail };
}

async function get(url: string): Promise<{ readonly ok: boolean; readonly text: string }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  return { ok: response.ok, text: await response.text() };
}

/** Undefined when it fails or takes too long. */
async function within<T>(asked: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), timeoutMs);
  const answer = await Promise.race([asked.catch(() => undefined), late.promise]);
  clearTimeout(timer);
  return answer;
}
