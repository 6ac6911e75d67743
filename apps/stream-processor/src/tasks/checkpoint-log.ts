import { createHash } from 'node:crypto';
import type { ConsumedRecord, Log, Serde, TopicPartition } from '@trending/kafka';
import { AppError, type Clock, type Logger } from '@trending/runtime';
import type { ViewDelta } from '@trending/schemas';
import type { NextChain } from '../domain/checkpoint-fold.ts';
import { countingRules } from '../domain/counting-rules.ts';
import { withRetries } from './retry.ts';

/** What the checkpoint log is made of. */
export interface CheckpointPorts {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: {
    readonly checkpointBytes: { inc(labels: { readonly kind: string }, bytes: number): void };
  };
  readonly deltas: Serde<ViewDelta>;
  readonly deltasTopic: string;
}

/** A record of the log, decoded. */
export interface CheckpointRecord {
  readonly offset: number;
  /** ms */
  readonly timestamp: number;
  readonly value: ViewDelta;
}

const nothing: ViewDelta = {
  kind: 'fence',
  ownerId: '',
  build: '',
  start: -1,
  end: -1,
  part: 0,
  parts: 0,
  streamTime: 0,
  logTime: 0,
  chain: new Uint8Array(0),
  rules: countingRules,
  baseAt: -1,
  recentAt: -1,
  payload: new Uint8Array(0),
};

/** The checkpoint log of one partition: appends that repeat the identical record until they are acknowledged, and ranges to read. */
export class CheckpointLog {
  readonly partition: number;
  readonly #ports: CheckpointPorts;

  constructor(ports: CheckpointPorts, partition: number) {
    this.#ports = ports;
    this.partition = partition;
  }

  /** Appends one record; an answer that got lost makes a second copy, which readers pass over. @returns its offset */
  append(fields: Partial<ViewDelta> & Pick<ViewDelta, 'kind' | 'ownerId'>): Promise<number> {
    const { log, logger, deltas, metrics } = this.#ports;
    const value = deltas.encode({ ...nothing, ...fields });
    metrics.checkpointBytes.inc({ kind: fields.kind }, value.byteLength);
    // Hashes for the most part: packing and unpacking them would cost more than the fifth that it saves.
    const record = { key: String(this.partition), value, isDense: true };
    return withRetries(
      () => log.append(this.#target(), [record]),
      (error) =>
        logger.warn({ err: error, kind: fields.kind }, 'checkpoint could not be appended yet'),
    );
  }

  /** @throws AppError INVARIANT_BROKEN when a record is not of this log. */
  async *read(from: number, to: number): AsyncGenerator<CheckpointRecord> {
    if (from >= to) return;
    for await (const { records } of this.#ports.log.read(this.#target(), { from, to }))
      for (const record of records)
        yield {
          offset: record.offset,
          timestamp: record.timestamp,
          value: await this.#decoded(record),
        };
  }

  /** Removes what no recovery needs any more. Failing does no harm: the next base tries again. */
  async deleteBefore(offset: number): Promise<void> {
    const { log, logger } = this.#ports;
    try {
      await log.deleteBefore(this.#target(), offset);
    } catch (error) {
      logger.debug({ err: error, partition: this.partition }, 'old checkpoints not deleted yet');
    }
  }

  /** The state has to be counted anew from the views. */
  outdated(what: string): void {
    const at = { topic: this.#ports.deltasTopic, partition: this.partition };
    this.#ports.logger.warn(at, `${what}: counting the partition anew from its views`);
  }

  broken(what: string, cause?: unknown): AppError {
    return new AppError({
      code: 'INVARIANT_BROKEN',
      message: `${this.#ports.deltasTopic}/${this.partition}: ${what}. Counting stops rather than guess. Compare with a rebuild (npm run verify-state); deleting the topic makes the next start rebuild the counts from the views.`,
      cause,
    });
  }

  async #decoded({ offset, value }: ConsumedRecord): Promise<ViewDelta> {
    const { deltas } = this.#ports;
    let decoded = value === null ? undefined : deltas.decode(value);
    if (value !== null && decoded === undefined) {
      await deltas.resolve(value);
      decoded = deltas.decode(value);
    }
    if (!decoded?.ok) throw this.broken(`record ${offset} cannot be decoded`);
    return decoded.value;
  }

  #target(): TopicPartition {
    return { topic: this.#ports.deltasTopic, partition: this.partition };
  }
}

/** SHA-256, half of it: the chain guards against defects, not against attackers. The owner is left out: it makes no difference. */
export const nextChain: NextChain = (chain, { start, end, payload }) =>
  createHash('sha256')
    .update(chain)
    .update(`${start}-${end}:`)
    .update(payload)
    .digest()
    .subarray(0, 16);
