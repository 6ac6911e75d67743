import { memoryMs } from '../domain/counting-rules.ts';

const capacityMin = 256;
/** Log times are kept as 32-bit distances from a base, which moves with every rebuild of the table. */
const distanceMax = 2 ** 31;

/** Words of a slot: key, and the distance of its log time from the base. */
const width = 3;
const word = { high: 0, low: 1, distance: 2 } as const;

/**
 * 64-bit keys with the log time they were last seen, remembered for `memoryMs` of log time. A key that is too
 * old may stay in the table for a while but never counts as recent, so cleaning up is free to wait until the table is full.
 */
export class RecentTable {
  /** A distance of 0 = an empty slot. */
  #slots = new Uint32Array(width * capacityMin);
  /** One for each slot; none in a table that keeps none. */
  #values: Float64Array;
  #mask = capacityMin - 1;
  #count = 0;
  #base = 0;

  /** `withValues`: a value is kept beside each key. */
  constructor({ withValues }: { readonly withValues: boolean }) {
    this.#values = new Float64Array(withValues ? capacityMin : 0);
  }

  /** Keys in the table, too old ones included. */
  size(): number {
    return this.#count;
  }

  /** Slot of the key, which is entered when absent. Valid until the next call. `logTime` never goes back. */
  claim(high: number, low: number, logTime: number): number {
    if (this.#count === 0) this.#base = logTime - memoryMs;
    else if (this.#count * 3 > (this.#mask + 1) * 2 || logTime - this.#base > distanceMax)
      this.#rebuild(logTime);
    const slot = this.#probe(high, low);
    const at = width * slot;
    if (this.#slots[at + word.distance] === 0) {
      this.#slots[at + word.high] = high;
      this.#slots[at + word.low] = low;
      this.#count += 1;
    }
    return slot;
  }

  /** Was the key in this slot set at most `memoryMs` of log time ago? False for one just entered. */
  isRecent(slot: number, logTime: number): boolean {
    const distance = this.#slots[width * slot + word.distance] as number;
    return distance !== 0 && distance - 1 + this.#base >= logTime - memoryMs;
  }

  valueAt(slot: number): number {
    return this.#values[slot] as number;
  }

  /** Marks the key as seen now. Every claimed slot must be set before the next claim. A table without values forgets the one given. */
  set(slot: number, logTime: number, value = 0): void {
    this.#slots[width * slot + word.distance] = logTime - this.#base + 1;
    if (slot < this.#values.length) this.#values[slot] = value;
  }

  #probe(high: number, low: number): number {
    const slots = this.#slots;
    let slot = low & this.#mask;
    for (;;) {
      const at = width * slot;
      if (slots[at + word.distance] === 0) return slot;
      if (slots[at + word.low] === low && slots[at + word.high] === high) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #rebuild(logTime: number): void {
    const [slots, values, base] = [this.#slots, this.#values, this.#base];
    const oldest = Math.max(1, logTime - memoryMs - base + 1);
    let live = 0;
    for (let at = word.distance; at < slots.length; at += width)
      if ((slots[at] as number) >= oldest) live += 1;
    let capacity = capacityMin;
    while (live * 3 > capacity) capacity *= 2;
    this.#slots = new Uint32Array(width * capacity);
    this.#values = new Float64Array(values.length === 0 ? 0 : capacity);
    this.#mask = capacity - 1;
    this.#base = logTime - memoryMs;
    this.#count = live;
    for (let at = 0; at < slots.length; at += width) {
      const distance = slots[at + word.distance] as number;
      if (distance < oldest) continue;
      const [high, low] = [slots[at + word.high] as number, slots[at + word.low] as number];
      const slot = this.#probe(high, low);
      this.#slots[width * slot + word.high] = high;
      this.#slots[width * slot + word.low] = low;
      this.#slots[width * slot + word.distance] = distance + base - this.#base;
      if (slot < this.#values.length) this.#values[slot] = values[at / width] as number;
    }
  }
}
