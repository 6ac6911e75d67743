import { AppError } from '@trending/runtime';
import type { CheckpointLog } from './checkpoint-log.ts';

/**
 * Finds out whether a partition is still ours. Nobody else wrote as long as every record of ours comes right behind the one before; where
 * it does not, what lies between is read. Without this a late fence of an older owner would silence the present one.
 */
export class CheckpointOwnership {
  readonly #log: CheckpointLog;
  #ownerId: string;
  /** Offset behind our last record. */
  #nextOffset: number;
  #isLost = false;

  constructor(log: CheckpointLog, ownerId: string, fenceAt: number) {
    this.#log = log;
    this.#ownerId = ownerId;
    this.#nextOffset = fenceAt + 1;
  }

  get ownerId(): string {
    return this.#ownerId;
  }

  /** Somebody else has fenced: nothing that we write is applied any more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** A new fence of ours, with none of others before it: go on under the new name. */
  refenced(ownerId: string, fenceAt: number): void {
    this.#ownerId = ownerId;
    this.#nextOffset = fenceAt + 1;
  }

  /** Our record was acknowledged at `offset`. @returns whether the partition was ours up to there */
  async wrote(offset: number): Promise<boolean> {
    await this.#lookUpTo(offset);
    this.#nextOffset = offset + 1;
    return !this.#isLost;
  }

  /** Looks at what stands behind our last record, up to the log's `end`. */
  check(end: number): Promise<void> {
    return this.#lookUpTo(end);
  }

  /**
   * Did anybody else fence since our last record, up to `to`? What others write without a fence is void. Only an owner deletes, and only
   * what lies before its own fence: where records behind ours are gone, somebody has fenced.
   */
  async hasForeignFence(to: number): Promise<boolean> {
    try {
      for await (const { value } of this.#log.read(this.#nextOffset, to))
        if (value.kind === 'fence' && value.ownerId !== this.#ownerId) return true;
      return false;
    } catch (error) {
      if (error instanceof AppError && error.code === 'INPUT_GAP') return true;
      throw error;
    }
  }

  async #lookUpTo(offset: number): Promise<void> {
    if (offset <= this.#nextOffset) return;
    if (await this.hasForeignFence(offset)) this.#isLost = true;
    this.#nextOffset = offset;
  }
}
