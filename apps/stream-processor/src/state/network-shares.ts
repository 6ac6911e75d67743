import { hash3 } from '../domain/hash.ts';
import { spanCount } from '../domain/window-level.ts';
import { grown, grownLength, RowPool } from './columns.ts';
import { SlotTable } from './slot-table.ts';
import type { ViewerEntries } from './viewer-entries.ts';

/** References from here on are groups, below are viewer entries. */
const groupBase = 0x80000000;

/**
 * Who came from which network, by (token, network). Most networks of a token have one viewer, so such a network is just that
 * viewer's entry; from the second viewer on there is a group with its sums per level.
 */
export class NetworkShares extends SlotTable {
  readonly #entries: ViewerEntries;
  readonly #pool = new RowPool();
  /** Many states never see two viewers of a token in one network. */
  #tokens = new Uint32Array(0);
  #highs = new Uint32Array(0);
  #lows = new Uint32Array(0);
  #entryCounts = new Uint32Array(0);
  /** By group: one of its entries, which names the next. */
  #firsts = new Uint32Array(0);
  /** By group and level: viewers in the window and the sum of their weights, micro. */
  #viewers = new Uint32Array(0);
  #weights = new Float64Array(0);
  #sought = 0;

  constructor(entries: ViewerEntries) {
    super();
    this.#entries = entries;
  }

  groups(): number {
    return this.#pool.used();
  }

  /** Attaches all entries, which are in no window yet, to their networks. */
  attachAll(): void {
    this.fill(this.#entries.end(), (known, added) => {
      this.#sought = added;
      return this.matches(known) ? groupBase + this.#share(known, added) : 0;
    });
  }

  /** The group of the known reference, a new one if that is an entry, with the added entry in it. */
  #share(known: number, added: number): number {
    const group = known >= groupBase ? known - groupBase : this.#takeGroup(known);
    if (known < groupBase) this.#enter(known, group);
    this.#enter(added, group);
    return group;
  }

  #enter(entry: number, group: number): void {
    this.#entries.setGroup(entry, group);
    this.#entries.setNextInGroup(entry, this.#firsts[group] as number);
    this.#firsts[group] = entry;
    this.#addToCount(group, 1);
  }

  /** In as many steps as a network has viewers of a token, which is bounded. */
  #unlink(entry: number, group: number): void {
    const entries = this.#entries;
    const next = entries.nextInGroup(entry);
    let before = this.#firsts[group] as number;
    if (before === entry) {
      this.#firsts[group] = next;
      return;
    }
    while (entries.nextInGroup(before) !== entry) before = entries.nextInGroup(before);
    entries.setNextInGroup(before, next);
  }

  /**
   * Adds the entry to its network. It is in no window yet.
   * @returns the entry that was alone there so far: the caller adds its share to the group that now exists; else 0
   */
  attach(entry: number): number {
    const slot = this.#slotOf(entry);
    const reference = this.at(slot);
    this.#entries.setGroup(entry, 0);
    if (reference === 0) {
      this.insert(slot, entry);
      return 0;
    }
    const group = this.#share(reference, entry);
    if (reference >= groupBase) return 0;
    this.replace(slot, groupBase + group);
    return reference;
  }

  /** Takes the entry, which has left all windows, out of its network. */
  detach(entry: number): void {
    const group = this.#entries.groupOf(entry);
    if (group !== 0) {
      this.#unlink(entry, group);
      this.#addToCount(group, -1);
      if (this.#entryCounts[group] !== 0) return;
    }
    this.removeAt(this.#slotOf(entry));
    if (group !== 0) this.#pool.give(group);
  }

  /** Viewers of the entry's network among those of its token. */
  viewersWith(entry: number): number {
    const group = this.#entries.groupOf(entry);
    return group === 0 ? 1 : (this.#entryCounts[group] as number);
  }

  /** The viewer of the entry's network, which others share, that was seen the longest ago. */
  oldestWith(entry: number): number {
    const entries = this.#entries;
    let oldest = entry;
    let other = this.#firsts[this.#entries.groupOf(entry)] as number;
    for (; other !== 0; other = entries.nextInGroup(other))
      if (entries.isOlder(other, oldest)) oldest = other;
    return oldest;
  }

  /** Viewers of the group in the level's window. */
  viewersAt(group: number, level: number): number {
    return this.#viewers[group * spanCount + level] as number;
  }

  weightAt(group: number, level: number): number {
    return this.#weights[group * spanCount + level] as number;
  }

  /** One viewer more in the level's window. */
  join(group: number, level: number, weight: number): void {
    const cell = group * spanCount + level;
    this.#viewers[cell] = (this.#viewers[cell] as number) + 1;
    this.#weights[cell] = (this.#weights[cell] as number) + weight;
  }

  leave(group: number, level: number, weight: number): void {
    const cell = group * spanCount + level;
    this.#viewers[cell] = (this.#viewers[cell] as number) - 1;
    this.#weights[cell] = (this.#weights[cell] as number) - weight;
  }

  protected override matches(reference: number): boolean {
    const entries = this.#entries;
    const sought = this.#sought;
    if (reference < groupBase)
      return (
        entries.networkLowOf(reference) === entries.networkLowOf(sought) &&
        entries.networkHighOf(reference) === entries.networkHighOf(sought) &&
        entries.tokenOf(reference) === entries.tokenOf(sought)
      );
    const group = reference - groupBase;
    return (
      this.#lows[group] === entries.networkLowOf(sought) &&
      this.#highs[group] === entries.networkHighOf(sought) &&
      this.#tokens[group] === entries.tokenOf(sought)
    );
  }

  protected override hashOf(reference: number): number {
    if (reference < groupBase) return this.#hashOfEntry(reference);
    const group = reference - groupBase;
    return hash3(
      this.#tokens[group] as number,
      this.#highs[group] as number,
      this.#lows[group] as number,
    );
  }

  #hashOfEntry(entry: number): number {
    const entries = this.#entries;
    return hash3(entries.tokenOf(entry), entries.networkHighOf(entry), entries.networkLowOf(entry));
  }

  #slotOf(entry: number): number {
    this.#sought = entry;
    return this.probe(this.#hashOfEntry(entry));
  }

  #addToCount(group: number, change: number): void {
    this.#entryCounts[group] = (this.#entryCounts[group] as number) + change;
  }

  /** A group with the key of the entry and empty windows. */
  #takeGroup(entry: number): number {
    const group = this.#pool.take();
    if (group >= this.#tokens.length) this.#grow(grownLength(group, group + 1));
    const entries = this.#entries;
    this.#tokens[group] = entries.tokenOf(entry);
    this.#highs[group] = entries.networkHighOf(entry);
    this.#lows[group] = entries.networkLowOf(entry);
    this.#entryCounts[group] = 0;
    this.#firsts[group] = 0;
    this.#viewers.fill(0, group * spanCount, (group + 1) * spanCount);
    this.#weights.fill(0, group * spanCount, (group + 1) * spanCount);
    return group;
  }

  #grow(length: number): void {
    this.#tokens = grown(this.#tokens, length);
    this.#highs = grown(this.#highs, length);
    this.#lows = grown(this.#lows, length);
    this.#entryCounts = grown(this.#entryCounts, length);
    this.#firsts = grown(this.#firsts, length);
    this.#viewers = grown(this.#viewers, length * spanCount);
    this.#weights = grown(this.#weights, length * spanCount);
  }
}
