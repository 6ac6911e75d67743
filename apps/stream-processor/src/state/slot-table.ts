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
