import type { GroupConsumer } from '@trending/kafka';
import { isRetriable } from '@trending/runtime';
import type { AggregatePorts } from './aggregate-ports.ts';
import type { AggregateTask } from './aggregate-task.ts';
import { withRetries } from './retry.ts';

/**
 * Offsets that an aggregate process commits: for lag displays, to know which dead letters were appended, and to ask the group whose a
 * partition is. They never say where counting goes on.
 */
export class AggregateCommits {
  readonly #ports: Pick<AggregatePorts, 'viewsTopic' | 'logger'>;
  readonly #joined = Promise.withResolvers<GroupConsumer>();
  readonly #committed = new Map<number, number>();

  constructor(ports: Pick<AggregatePorts, 'viewsTopic' | 'logger'>) {
    this.#ports = ports;
  }

  joined(consumer: GroupConsumer): void {
    this.#joined.resolve(consumer);
  }

  /** Taken over anew: others may have committed meanwhile. */
  forget(partition: number): void {
    this.#committed.delete(partition);
  }

  /** Offset committed before this assignment; dead letters below it were acknowledged before that commit. */
  async upTo(partition: number): Promise<number> {
    const known = this.#committed.get(partition);
    if (known !== undefined) return known;
    const consumer = await this.#joined.promise;
    const { offset } = await consumer.committed({ topic: this.#ports.viewsTopic, partition });
    this.#committed.set(partition, offset);
    return offset;
  }

  /** Commits what is folded, where no dead letter waits for its acknowledgement. */
  async commit(tasks: Iterable<AggregateTask>): Promise<void> {
    const { viewsTopic: topic, logger } = this.#ports;
    for (const { partition, position, isCaughtUp, deadLettersPending } of tasks) {
      if (!isCaughtUp || deadLettersPending > 0) continue;
      try {
        if (position <= (await this.upTo(partition))) continue;
        const consumer = await this.#joined.promise;
        await consumer.commit({ topic, partition }, position);
        this.#committed.set(partition, position);
      } catch (error) {
        logger.debug({ err: error, partition }, 'offset could not be committed');
      }
    }
  }

  /**
   * Does the group take a commit of ours for the partition, of the offset that `known` gives at the time? A broker that does not answer
   * has said nothing: a partition given up then would be nobody's. Rejects when it does not answer for long.
   */
  async holds(partition: number, known: () => Promise<number>): Promise<boolean> {
    const { viewsTopic: topic, logger } = this.#ports;
    const consumer = await this.#joined.promise;
    const unanswered = (error: unknown) =>
      logger.warn({ err: error, partition }, 'whose partition this is could not be asked yet');
    try {
      await withRetries(
        async () => consumer.commit({ topic, partition }, await known()),
        unanswered,
      );
      return true;
    } catch (error) {
      if (isRetriable(error)) throw error;
      logger.warn({ err: error, partition }, 'partition belongs to another member now');
      return false;
    }
  }
}
