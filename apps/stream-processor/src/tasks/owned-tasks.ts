import type { AggregateTask } from './aggregate-task.ts';

/** What a member has of a partition. */
interface PartitionTask {
  readonly partition: number;
}

/** The tasks of a member, by partition: those it owns, and those of assignments before, which the next one may give back. */
export class OwnedTasks<Task extends PartitionTask = AggregateTask> {
  #owned = new Map<number, Task>();
  #kept = new Map<number, Task>();

  /** All in memory. */
  all(): Task[] {
    return [...this.#owned.values(), ...this.#kept.values()];
  }

  owned(): Iterable<Task> {
    return this.#owned.values();
  }

  of(partition: number): Task | undefined {
    return this.#owned.get(partition);
  }

  kept(partition: number): Task | undefined {
    return this.#kept.get(partition);
  }

  own(task: Task): void {
    this.#kept.delete(task.partition);
    this.#owned.set(task.partition, task);
  }

  /** For the next assignment, unless a newer task of the partition is there. */
  keep(task: Task): void {
    if (!this.#owned.has(task.partition)) this.#kept.set(task.partition, task);
  }

  giveUp(partition: number): void {
    this.#owned.delete(partition);
  }

  /** The assignment is over. @returns the tasks that were owned */
  revoke(): Task[] {
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
