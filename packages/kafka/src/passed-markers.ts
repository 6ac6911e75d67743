import { partitionKey, type TopicPartition } from './log-port.ts';
import type { ConsumedRecord } from './record.ts';
import { markerOf } from './record-mapping.ts';

const recordsAtOnce = 1_000;

/** A partition that is being read; a new object after each seek, so what is in flight sees that it was overtaken. */
export interface Position {
  readonly offset: number;
}

/** Offsets of markers alone. */
export interface MarkerRange extends TopicPartition {
  readonly from: number;
  /** Behind the last one. */
  readonly to: number;
  readonly highWatermark: number;
}

export interface PassedMarkersSettings {
  readonly positions: Map<string, Position>;
  readonly deliver: (records: readonly ConsumedRecord[], range: MarkerRange) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

interface Passing {
  position: Position;
  range: MarkerRange;
}

/**
 * Markers that kafkajs passes over by itself, on their way to the handler: it tells of them in the middle of its loop and waits for
 * nobody. One delivery at a time for a partition; what is passed meanwhile makes its range longer.
 */
export class PassedMarkers {
  readonly #settings: PassedMarkersSettings;
  readonly #passing = new Map<string, Passing>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(settings: PassedMarkersSettings) {
    this.#settings = settings;
  }

  /** A range that does not begin where the partition stands is stale, or a gap: what is read next tells which. */
  add(range: MarkerRange): void {
    const key = partitionKey(range);
    const passing = this.#passing.get(key);
    if (passing !== undefined && this.#isCurrent(key, passing)) {
      const { from, to } = passing.range;
      if (range.from === to) passing.range = { ...range, from };
      return;
    }
    const position = this.#settings.positions.get(key);
    if (position === undefined || position.offset !== range.from) return;
    const next = { position, range };
    this.#passing.set(key, next);
    const run = (this.#running.get(key) ?? Promise.resolve())
      .then(() => this.#pass(key, next))
      .catch(this.#settings.failed)
      .finally(() => {
        if (this.#running.get(key) === run) this.#running.delete(key);
        if (this.#passing.get(key) === next) this.#passing.delete(key);
      });
    this.#running.set(key, run);
  }

  /** Resolves when the partition's are handled; undefined when none are on their way. */
  settled(target: TopicPartition): Promise<void> | undefined {
    return this.#running.get(partitionKey(target));
  }

  allSettled(): Promise<unknown> {
    return Promise.all(this.#running.values());
  }

  async #pass(key: string, passing: Passing): Promise<void> {
    const { positions, deliver } = this.#settings;
    while (passing.position.offset < passing.range.to && this.#isCurrent(key, passing)) {
      const { offset } = passing.position;
      const to = Math.min(passing.range.to, offset + recordsAtOnce);
      const { range } = passing;
      const records = Array.from({ length: to - offset }, (_, i) => markerOf(range, offset + i));
      await deliver(records, range);
      if (!this.#isCurrent(key, passing)) return;
      passing.position = { offset: to };
      positions.set(key, passing.position);
    }
    // In the same turn as the last look: a range that is added later is one of its own.
    if (this.#passing.get(key) === passing) this.#passing.delete(key);
  }

  #isCurrent(key: string, { position }: Passing): boolean {
    return this.#settings.positions.get(key) === position;
  }
}
