import { memoryMs } from '../domain/counting-rules.ts';

const capacityMin = 256;
/** Log times are kept as 32-bit distances from a base, which moves with every rebuild of the table. */
const distanceMax = 2 ** 31;

/**
 * 64-bit keys with the log time they were last seen and one value each, remembered for `memoryMs` of log time. A key that is too
 * old may stay in the table for a while but never counts as recent, so cleaning up is free to wait until the table is full.
 */
export class RecentTable {
  #keys = new Uint32Array(2 * capacityMin);
  /** 0 = empty slot. */
  #distances = new Uint32Array(capacityMin);
  #values = new Float64Array(capacityMin);
  #mask = capacityMin - 1;
  #count = 0;
  #base = 0;

  /** Keys in the table, too old ones included. */
  size(): number {
    return this.#count;
  }

  /** Slot of the key, which is entered when absent. Valid until the next call. `logTime` never goes back. */
  claim(high: number, low: number, logTime: number): number {
    if (this.#count === 0) this.#base = logTime - memoryMs;
    else if (this.#count * 3 > this.#distances.length * 2 || logTime - this.#base > distanceMax)
      this.#rebuild(logTime);
    const slot = this.#probe(high, low);
    if (this.#distances[slot] === 0) {
      this.#keys[2 * slot] = high;
      this.#keys[2 * slot + 1] = low;
      this.#count += 1;
    }
    return slot;
  }

  /** Was the key in this slot set at most `memoryMs` of log time ago? False for one just entered. */
  isRecent(slot: number, logTime: number): boolean {
    const distance = this.#distances[slot] as number;
    return distance !== 0 && distance - 1 + this.#base >= logTime - memoryMs;
  }

  valueAt(slot: number): number {
    return this.#values[slot] as number;
  }

  /** Marks the key as seen now. Every claimed slot must be set before the next claim. */
  set(slot: number, logTime: number, value: number): void {
    this.#distances[slot] = logTime - this.#base + 1;
    this.#values[slot] = value;
  }

  #probe(high: number, low: number): number {
    let slot = low & this.#mask;
    while (this.#distances[slot] !== 0) {
      if (this.#keys[2 * slot + 1] === low && this.#keys[2 * slot] === high) return slot;
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #rebuild(logTime: number): void {
    const old = { keys: this.#keys, distances: this.#distances, values: this.#values };
    const oldBase = this.#base;
    const oldest = Math.max(1, logTime - memoryMs - oldBase + 1);
    let live = 0;
    for (const distance of old.distances) if (distance >= oldest) live += 1;
    let capacity = capacityMin;
    while (live * 3 > capacity) capacity *= 2;
    this.#keys = new Uint32Array(2 * capacity);
    this.#distances = new Uint32Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#mask = capacity - 1;
    this.#base = logTime - memoryMs;
    this.#count = live;
    for (let from = 0; from < old.distances.length; from += 1) {
      if ((old.distances[from] as number) < oldest) continue;
      const slot = this.#probe(old.keys[2 * from] as number, old.keys[2 * from + 1] as number);
      this.#keys[2 * slot] = old.keys[2 * from] as number;
      this.#keys[2 * slot + 1] = old.keys[2 * from + 1] as number;
      this.#distances[slot] = (old.distances[from] as number) + oldBase - this.#base;
      this.#values[slot] = old.values[from] as number;
    }
  }
}
