/** Stretches of a table, as a power of two: each small enough for the fastest cache while it is filled. */
const stretchBits = 8;
const kindBit = 1 << 31;

/**
 * Open-addressing index from a key of three words to a reference. Keys are not stored here: whoever owns the referenced
 * rows tells the key of a reference. Linear probing, removal by shifting back, at most two thirds full. A slot is one word: a reference, and
 * above it as many of the hash's bits as there is room for, so that rows of other keys, which lie all over memory, are hardly ever looked at.
 */
export abstract class SlotTable {
  #slots = new Uint32Array(64);
  #mask = 63;
  #count = 0;
  /** Bits of a slot that hold its reference, the highest one among them: references may be of two kinds. The others are the tag. */
  #referenceMask = kindBit | 63;

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
    const slots = this.#slots;
    const mask = this.#mask;
    const referenceMask = this.#referenceMask;
    let slot = hash & mask;
    for (;;) {
      const word = slots[slot] as number;
      if (word === 0) return slot;
      if (((word ^ hash) & ~referenceMask) === 0 && this.matches((word & referenceMask) >>> 0))
        return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Slot that holds this very reference, which must be present. */
  protected probeReference(hash: number, reference: number): number {
    let slot = hash & this.#mask;
    while (this.at(slot) !== reference) slot = (slot + 1) & this.#mask;
    return slot;
  }

  /** Reference in a slot; 0 = none. */
  protected at(slot: number): number {
    return ((this.#slots[slot] as number) & this.#referenceMask) >>> 0;
  }

  /** Puts a reference into the empty slot that {@link probe} gave; its key must be readable by now. */
  protected insert(slot: number, reference: number): void {
    this.#makeRoomFor(reference);
    this.#slots[slot] = this.#wordOf(this.hashOf(reference), reference);
    this.#count += 1;
    if (this.#count * 3 > this.#slots.length * 2) this.#rehash(this.#slots.length * 2);
  }

  /** Changes what a present key refers to; the key stays equal. */
  protected replace(slot: number, reference: number): void {
    this.#makeRoomFor(reference);
    this.#slots[slot] = this.#wordOf(this.#slots[slot] as number, reference);
  }

  protected removeAt(slot: number): void {
    let hole = slot;
    for (let next = (hole + 1) & this.#mask; ; next = (next + 1) & this.#mask) {
      const word = this.#slots[next] as number;
      if (word === 0) break;
      const home = this.hashOf((word & this.#referenceMask) >>> 0) & this.#mask;
      if (((next - home) & this.#mask) >= ((next - hole) & this.#mask)) {
        this.#slots[hole] = word;
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
    this.#makeRoomFor(end);
    const { rows, hashes } = this.#bySlot(end);
    const entered = new Uint32Array(this.#slots.length);
    for (let i = 0; i < rows.length; i += 1) {
      const hash = hashes[i] as number;
      let slot = hash & this.#mask;
      let known = this.at(slot);
      let kept = 0;
      while (known !== 0) {
        if (entered[slot] === hash) kept = meet(known, rows[i] as number);
        if (kept !== 0) break;
        slot = (slot + 1) & this.#mask;
        known = this.at(slot);
      }
      if (known === 0) this.#count += 1;
      const reference = kept || (rows[i] as number);
      this.#makeRoomFor(reference);
      this.#slots[slot] = this.#wordOf(hash, reference);
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
    for (const word of old) {
      if (word === 0) continue;
      let slot = this.hashOf((word & this.#referenceMask) >>> 0) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = word;
    }
  }

  /** The reference, with the tag of a hash or of another word of the same key. */
  #wordOf(hash: number, reference: number): number {
    return (hash & ~this.#referenceMask) | reference;
  }

  /** References that need more bits than those before take them from all tags. */
  #makeRoomFor(reference: number): void {
    if ((reference & ~this.#referenceMask) === 0) return;
    const before = this.#referenceMask;
    while ((reference & ~this.#referenceMask) !== 0)
      this.#referenceMask = kindBit | (2 * this.#referenceMask + 1);
    const slots = this.#slots;
    for (let slot = 0; slot < slots.length; slot += 1) {
      const word = slots[slot] as number;
      slots[slot] = this.#wordOf(word, word & before);
    }
  }
}
