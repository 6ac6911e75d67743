import type { ConsumedRecord } from '@trending/kafka';
import { type CandidateSet, windowNames } from '@trending/schemas';
import { type SetHead, supersedes } from '../domain/candidate-order.ts';
import { decoded, type RankPorts } from './rank-ports.ts';
import { detached, ReadAhead } from './read-ahead.ts';

interface Held {
  readonly head: SetHead;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A set and where its record stands. */
export interface KnownSet {
  readonly set: CandidateSet;
  readonly offset: number;
}

/** The newest candidate sets up to an offset, at most one a window and partition. Whole sets are decoded only when they are asked for. */
export class KnownSets {
  readonly #ports: RankPorts;
  readonly #held = new Map<string, Held>();
  readonly #ahead: ReadAhead;

  constructor(ports: RankPorts) {
    this.#ports = ports;
    this.#ahead = new ReadAhead({
      log: ports.log,
      target: { topic: ports.candidatesTopic, partition: 0 },
      take: (records) => this.#take(records),
      forget: () => this.#held.clear(),
    });
  }

  /** Takes in the records below `offset` that it has not read yet. */
  readTo(offset: number): Promise<void> {
    return this.#ahead.readTo(offset);
  }

  /** In the order of the log. */
  async inForce(): Promise<readonly KnownSet[]> {
    const sets: KnownSet[] = [];
    for (const { bytes, offset } of this.#held.values()) {
      const set = await decoded(this.#ports.candidates, bytes);
      if (set === undefined) reportBadSet(this.#ports, offset);
      else sets.push({ set, offset });
    }
    return sets.sort((a, b) => a.offset - b.offset);
  }

  async #take(records: readonly ConsumedRecord[]): Promise<void> {
    const changed = new Map<string, Held>();
    for (const { value, offset } of records) {
      if (value === null) continue;
      const head = await decoded(this.#ports.candidateHeads, value);
      if (head === undefined) reportBadSet(this.#ports, offset);
      else if (this.#isMeant(head)) {
        const key = `${head.window}|${head.partition}`;
        const held = changed.get(key) ?? this.#held.get(key);
        if (supersedes(head, held?.head)) changed.set(key, { head, offset, bytes: value });
      }
    }
    for (const [key, held] of changed)
      this.#held.set(key, { ...held, bytes: detached(held.bytes) });
  }

  #isMeant({ window, partition }: SetHead): boolean {
    const isPartition = partition >= 0 && partition < this.#ports.partitions;
    return isPartition && windowNames.some((name) => name === window);
  }
}

/** Counts and names a record of the candidates that is none. */
export function reportBadSet(
  { metrics, logger, candidatesTopic }: RankPorts,
  offset: number,
): void {
  metrics.badCandidates.inc();
  logger.error({ topic: candidatesTopic, partition: 0, offset }, 'bad record');
}
