import type { KnownTokens } from '../state/category-table.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import { CheckpointLog } from './checkpoint-log.ts';
import {
  beginRestore,
  type Restored,
  type RestoreRange,
  type Restoring,
  restore,
} from './checkpoint-restore.ts';
import { partitionsBeside } from './partitions-beside.ts';

/** Checkpoint logs read before their partitions are ours: what is left for the takeover is what came since. */
export class CheckpointsAhead {
  readonly #ports: AggregatePorts;
  readonly #known: KnownTokens;
  readonly #begun = new Map<number, Restoring>();

  constructor(ports: AggregatePorts, known: KnownTokens) {
    this.#ports = ports;
    this.#known = known;
  }

  /** Reads the logs up to their present ends. One that cannot be read is left to the takeover, which says what is wrong. */
  async read(partitions: readonly number[]): Promise<void> {
    const { log, deltasTopic } = this.#ports;
    const starts = await log.startOffsets(deltasTopic);
    const ends = await log.endOffsets(deltasTopic);
    await partitionsBeside(partitions, (partition) =>
      this.#read(partition, { start: starts.get(partition) ?? 0, to: ends.get(partition) ?? 0 }),
    );
  }

  /** As {@link restore}, going on from where its log was read ahead to. */
  async restored(log: CheckpointLog, range: RestoreRange): Promise<Restored | undefined> {
    const begun = this.#begun.get(log.partition);
    this.#begun.delete(log.partition);
    if (begun !== undefined && begun.next >= range.start) {
      const restored = await begun.readTo(range.to);
      if (!begun.isOvertaken) return restored;
    }
    return restore(log, range);
  }

  /** What was not taken over belongs to others. */
  clear(): void {
    this.#begun.clear();
  }

  async #read(partition: number, range: { start: number; to: number }): Promise<void> {
    const { clock, logger } = this.#ports;
    const log = new CheckpointLog(this.#ports, partition);
    try {
      const settings = { ...range, asOf: clock.now(), known: this.#known };
      const restoring = await beginRestore(log, settings);
      const restored = await restoring.readTo(range.to);
      if (restored !== undefined) this.#begun.set(partition, restoring);
    } catch (error) {
      logger.warn({ err: error, partition }, 'checkpoints not read ahead');
    }
  }
}
