import type { AggregateTask } from './aggregate-task.ts';

/** The tasks of a member, by partition: those it owns, and those of assignments before, which the next one may give back. */
export class OwnedTasks {
  #owned = new Map<number, AggregateTask>();
  #kept = new Map<number, AggregateTask>();

  /** All in memory. */
  all(): AggregateTask[] {
    return [...this.#owned.values(), ...this.#kept.values()];
  }

  owned(): Iterable<AggregateTask> {
    return this.#owned.values();
  }

  of(partition: number): AggregateTask | undefined {
    return this.#owned.get(partition);
  }

  kept(partition: number): AggregateTask | undefined {
    return this.#kept.get(partition);
  }

  own(task: AggregateTask): void {
    this.#kept.delete(task.partition);
    this.#owned.set(task.partition, task);
  }

  /** For the next assignment, unless a newer task of the partition is there. */
  keep(task: AggregateTask): void {
    if (!this.#owned.has(task.partition)) this.#kept.set(task.partition, task);
  }

  giveUp(partition: number): void {
    this.#owned.delete(partition);
  }

  /** The assignment is over. @returns the tasks that were owned */
  revoke(): AggregateTask[] {
    const leaving = [...this.#owned.values()];
    this.#kept = new Map([...this.#kept, ...this.#owned]);
    this.#owned = new Map();
    return leaving;
  }

  /** The assignment is complete: what it did not give back is somebody else's. */
  settle(): void {
    this.#kept.clear();
  }
}
