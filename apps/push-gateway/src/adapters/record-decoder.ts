import type { ConsumedRecord, Serde } from '@trending/kafka';
import { type Counter, isRetriable, type Logger } from '@trending/runtime';
import { type Pause, retry } from './retry.ts';

export interface DecoderSettings {
  readonly logger: Logger;
  readonly undecodable: Counter<'topic'>;
  readonly signal: AbortSignal;
  readonly pause?: Pause;
}

/** Values of records; one that cannot be decoded is counted and skipped: it must not stop the boards behind it. */
export class RecordDecoder {
  readonly #settings: DecoderSettings;

  constructor(settings: DecoderSettings) {
    this.#settings = settings;
  }

  async decode<T>(serde: Serde<T>, record: ConsumedRecord): Promise<T | undefined> {
    if (record.value === null) return undefined;
    const bytes = record.value;
    let decoded = serde.decode(bytes);
    if (decoded === undefined) {
      await this.#resolve(serde, bytes);
      decoded = serde.decode(bytes);
    }
    if (decoded?.ok) return decoded.value;
    const { topic, partition, offset } = record;
    this.#settings.undecodable.inc({ topic: serde.topic.name });
    this.#settings.logger.warn(
      { topic, partition, offset, reason: decoded?.reason, detail: decoded?.detail },
      'record cannot be decoded, skipped',
    );
    return undefined;
  }

  /** Waits as long as the registry is away: who started anew instead would have no boards to serve. */
  #resolve(serde: Serde<unknown>, bytes: Uint8Array): Promise<void> {
    const { logger, signal, pause } = this.#settings;
    const attemptsMax = Number.POSITIVE_INFINITY;
    return retry({ what: 'schema look-up', logger, signal, pause, attemptsMax, isRetriable }, () =>
      serde.resolve(bytes),
    );
  }
}
