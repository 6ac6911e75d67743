import type { AggregatePorts } from './aggregate-ports.ts';
import type { AggregateTask } from './aggregate-task.ts';
import { withRetries } from './retry.ts';

/**
 * Tells the partitions of viewers who was new to the tokens of ours. A checkpoint leaves only when all viewers that it covers are told:
 * whoever restores it does not tell them again, and whoever folds views again tells them twice, which changes nothing.
 */
export class SightingsLog {
  readonly #ports: AggregatePorts;
  /** Not acknowledged yet, by task. */
  readonly #telling = new WeakMap<AggregateTask, Set<Promise<void>>>();
  #partitions: Promise<number> | undefined;

  constructor(ports: AggregatePorts) {
    this.#ports = ports;
  }

  /** Resolves when every viewer that the task has seen so far is in the log; rejects when the log cannot be written. */
  async flush(task: AggregateTask): Promise<void> {
    const telling = this.#telling.get(task) ?? new Set();
    this.#telling.set(task, telling);
    if (task.sightings.size > 0) {
      const told = this.#tell(task);
      telling.add(told);
      // What failed stays: no checkpoint may pass it.
      told.then(() => telling.delete(told)).catch(() => undefined);
    }
    await Promise.all(telling);
  }

  async #tell({ sightings, partition }: AggregateTask): Promise<void> {
    const { log, sightings: serde, sightingsTopic: topic } = this.#ports;
    this.#partitions ??= log.partitionCount(topic);
    const told = [...sightings.take(await this.#partitions)];
    await Promise.all(
      told.map(([viewers, rows]) => {
        const value = serde.encode({ partition, ...rows });
        return this.#append({ topic, partition: viewers }, { key: String(partition), value });
      }),
    );
  }

  async #append(
    target: { readonly topic: string; readonly partition: number },
    record: { readonly key: string; readonly value: Uint8Array },
  ): Promise<void> {
    const { log, logger } = this.#ports;
    await withRetries(
      () => log.append(target, [record]),
      (error) => logger.warn({ err: error }, 'sightings could not be appended yet'),
    );
  }
}
