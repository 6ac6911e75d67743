import type { ConsumedRecord, Follower, Log, Serde, WatchedPosition } from '@trending/kafka';
import type { Logger } from '@trending/runtime';
import type { Control } from '@trending/schemas';
import type { ControlRecord } from '../domain/control-word.ts';
import type { ControlTable } from '../state/control-table.ts';
import { createControlTable } from './rank-formulas.ts';
import type { RankMetrics } from './rank-metrics.ts';
import { type ControlSource, decoded } from './rank-ports.ts';
import { withRetries } from './retry.ts';

export interface ControlReaderSettings {
  readonly log: Log;
  readonly control: Serde<Control>;
  /** Prefixed. */
  readonly controlTopic: string;
  readonly logger: Logger;
  readonly metrics: Pick<RankMetrics, 'controlRefused' | 'controlOffset'>;
}

/**
 * Keeps the control table level with its topic: whole before `start` resolves, then as records come. A record that is wrong is counted,
 * logged and passed over; it never stops anything.
 */
export class ControlReader implements ControlSource {
  readonly table: ControlTable = createControlTable();
  readonly #settings: ControlReaderSettings;
  #follower: Follower | undefined;
  #position = 0;
  /** One reader of records at a time: each goes on where the table stands. */
  #turn: Promise<void> = Promise.resolve();

  constructor(settings: ControlReaderSettings) {
    this.#settings = settings;
  }

  async start(crashed: (error: Error) => void): Promise<void> {
    const { log, controlTopic } = this.#settings;
    await this.catchUp();
    const target = { topic: controlTopic, partition: 0 };
    this.#position = this.table.offset;
    this.#follower = await log.follow(target, {
      from: this.#position,
      batch: async ({ records, next }) => {
        await this.#inTurn(() => this.#apply(records));
        this.#position = next;
      },
      crashed,
    });
  }

  /** Where it reads, for the watchdog; nothing before it follows. */
  positions(): WatchedPosition[] {
    if (this.#follower === undefined) return [];
    return [{ topic: this.#settings.controlTopic, partition: 0, position: this.#position }];
  }

  async stop(): Promise<void> {
    await this.#follower?.stop();
    this.#follower = undefined;
  }

  catchUp(): Promise<void> {
    const { log, controlTopic } = this.#settings;
    return this.#inTurn(async () => {
      const [starts, ends] = await Promise.all([
        log.startOffsets(controlTopic),
        log.endOffsets(controlTopic),
      ]);
      const from = Math.max(this.table.offset, starts.get(0) ?? 0);
      const to = ends.get(0) ?? 0;
      if (from < to) {
        const batches = log.read({ topic: controlTopic, partition: 0 }, { from, to });
        for await (const { records } of batches) await this.#apply(records);
      }
      this.table.skipTo(to);
      this.#settings.metrics.controlOffset.set(this.table.offset);
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #apply(records: readonly ConsumedRecord[]): Promise<void> {
    for (const record of records) {
      if (record.offset < this.table.offset) continue;
      const read = await controlRecordOf(this.#settings, record);
      const problem =
        read === undefined ? this.table.passOver(record.offset) : this.table.apply(read);
      if (read === undefined) this.#refused(record, 'undecodable', 'does not decode');
      else if (problem !== undefined) this.#refused(record, 'invalid', problem);
    }
    this.#settings.metrics.controlOffset.set(this.table.offset);
  }

  #refused({ topic, partition, offset, key }: ConsumedRecord, kind: string, problem: string): void {
    const { logger, metrics } = this.#settings;
    metrics.controlRefused.inc({ kind });
    const place = { topic, partition, offset, key: textOf(key) };
    logger.error({ ...place, problem }, 'control record ignored: withdraw it or write a good one');
  }
}

/** A record of the control topic as the table takes it; undefined for bytes that are none. */
export async function controlRecordOf(
  { control: serde, logger }: Pick<ControlReaderSettings, 'control' | 'logger'>,
  { key, value, offset, timestamp, headers }: ConsumedRecord,
): Promise<ControlRecord | undefined> {
  const control =
    value === null
      ? null
      : await withRetries(
          () => decoded<Control>(serde, value),
          (error) => logger.warn({ err: error }, 'schema registry does not answer'),
        );
  if (control === undefined) return undefined;
  const [author, reason] = ['author', 'reason'].map((name) => headerText(headers[name]));
  return {
    ...{ key: textOf(key), offset, timestamp, control },
    ...(author === undefined ? {} : { author }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function headerText(value: Uint8Array | string | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : textOf(value);
}

function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? '' : Buffer.from(bytes).toString('utf8');
}
