/** Stretches of a table, as a power of two: each small enough for the fastest cache while it is filled. */
const stretchBits = 8;

/**
 * Open-addressing index from a key of three words to a reference. Keys are not stored here: whoever owns the referenced
 * rows tells the key of a reference. Linear probing, removal by shifting back, at most two thirds full.
 */
export abstract class SlotTable {
  #slots = new Uint32Array(64);
  #mask = 63;
  #count = 0;

  /** Has the row behind `reference` the key that is being looked for? */
  protected abstract matches(reference: number): boolean;
  protected abstract hashOf(reference: number): number;

  /** Sizes an empty table for so many keys at once. */
  protected reserveKeys(keys: number): void {
    let length = this.#slots.length;
    while (keys * 3 > length * 2) length *= 2;
    this.#rehash(length);
  }

  protected get keys(): number {
    return this.#count;
  }

  /** Slot of the key with this hash, or of the empty place where it belongs. Valid until the table changes. */
  protected probe(hash: number): number {
    let slot = hash & this.#mask;
    for (;;) {
      const reference = this.#slots[slot] as number;
      if (reference === 0 || this.matches(reference)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** Slot that holds this very reference, which must be present. */
  protected probeReference(hash: number, reference: number): number {
    let slot = hash & this.#mask;
    while (this.#slots[slot] !== reference) slot = (slot + 1) & this.#mask;
    return slot;
  }

  /** Reference in a slot; 0 = none. */
  protected at(slot: number): number {
    return this.#slots[slot] as number;
  }

  /** Puts a reference into the empty slot that {@link probe} gave; its key must be readable by now. */
  protected insert(slot: number, reference: number): void {
    this.#slots[slot] = reference;
    this.#count += 1;
    if (this.#count * 3 > this.#slots.length * 2) this.#rehash(this.#slots.length * 2);
  }

  /** Changes what a present key refers to; the key stays equal. */
  protected replace(slot: number, reference: number): void {
    this.#slots[slot] = reference;
  }

  protected removeAt(slot: number): void {
    let hole = slot;
    for (let next = (hole + 1) & this.#mask; ; next = (next + 1) & this.#mask) {
      const reference = this.#slots[next] as number;
      if (reference === 0) break;
      const home = this.hashOf(reference) & this.#mask;
      if (((next - home) & this.#mask) >= ((next - hole) & this.#mask)) {
        this.#slots[hole] = reference;
        hole = next;
      }
    }
    this.#slots[hole] = 0;
    this.#count -= 1;
    if (this.#slots.length > 64 && this.#count * 6 < this.#slots.length)
      this.#rehash(this.#slots.length / 2);
  }

  /**
   * Enters the rows `[1, end)` into the empty table at once, in the order of their slots: one by one they would touch memory all over
   * the table, which costs more than all the rest. `meet` is asked for rows of the same hash: 0 when their keys differ, else
   * the reference that stands for both.
   */
  protected fill(end: number, meet: (known: number, added: number) => number): void {
    this.reserveKeys(end);
    const { rows, hashes } = this.#bySlot(end);
    const entered = new Uint32Array(this.#slots.length);
    for (let i = 0; i < rows.length; i += 1) {
      const hash = hashes[i] as number;
      let slot = hash & this.#mask;
      let reference = this.#slots[slot] as number;
      let kept = 0;
      while (reference !== 0) {
        if (entered[slot] === hash) kept = meet(reference, rows[i] as number);
        if (kept !== 0) break;
        slot = (slot + 1) & this.#mask;
        reference = this.#slots[slot] as number;
      }
      if (reference === 0) this.#count += 1;
      this.#slots[slot] = kept || (rows[i] as number);
      entered[slot] = hash;
    }
  }

  /** Rows `[1, end)` with their hashes, ordered by the stretch of the table where they belong: a counting sort. */
  #bySlot(end: number): { rows: Uint32Array; hashes: Uint32Array } {
    const shift = Math.max(0, Math.log2(this.#slots.length) - stretchBits);
    const starts = new Uint32Array(2 ** stretchBits + 1);
    const unsorted = new Uint32Array(end);
    for (let row = 1; row < end; row += 1) {
      const hash = this.hashOf(row);
      unsorted[row] = hash;
      const next = ((hash & this.#mask) >>> shift) + 1;
      starts[next] = (starts[next] as number) + 1;
    }
    for (let i = 1; i < starts.length; i += 1)
      starts[i] = (starts[i] as number) + (starts[i - 1] as number);
    const rows = new Uint32Array(Math.max(0, end - 1));
    const hashes = new Uint32Array(rows.length);
    for (let row = 1; row < end; row += 1) {
      const hash = unsorted[row] as number;
      const stretch = (hash & this.#mask) >>> shift;
      const at = starts[stretch] as number;
      starts[stretch] = at + 1;
      rows[at] = row;
      hashes[at] = hash;
    }
    return { rows, hashes };
  }

  #rehash(length: number): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(length);
    this.#mask = length - 1;
    for (const reference of old) {
      if (reference === 0) continue;
      let slot = this.hashOf(reference) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = reference;
    }
  }
}
