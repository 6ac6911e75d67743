import { hash3 } from '../domain/hash.ts';
import { grown, grownLength, RowPool } from './columns.ts';
import { SlotTable } from './slot-table.ts';

/** A viewer of a token as a view shows it. 64-bit hashes come as two words. */
export interface ViewerSighting {
  token: number;
  viewerHigh: number;
  viewerLow: number;
  networkHigh: number;
  networkLow: number;
  /** Finest pane of the view. */
  pane: number;
  weightMicro: number;
}

/** A viewer of a token as a store keeps it. */
export interface StoredViewer extends ViewerSighting {
  /** Finest panes from the viewer's last but one pane to its last; 0 = seen in one only. */
  gap: number;
}

/** Greatest gap that is kept: far beyond the longest window. */
export const gapMax = 65_535;

/**
 * One row per (token, viewer): the greatest of its sightings by (pane, weight, then smallest network), and the last pane before that one.
 * Both are associative, commutative and idempotent, so neither order nor repetition of the views in the log can change them.
 * A free row has no token, and keeps its panes: lists that the row still stands in are known by them.
 */
export class ViewerEntries extends SlotTable {
  readonly #pool = new RowPool();
  /** 0 = the row is free. */
  tokens = new Uint32Array(64);
  viewerHighs = new Uint32Array(64);
  viewerLows = new Uint32Array(64);
  networkHighs = new Uint32Array(64);
  networkLows = new Uint32Array(64);
  /** Finest pane of the viewer's last view. */
  lastPanes = new Int32Array(64);
  /** See {@link StoredViewer.gap}. */
  gaps = new Uint16Array(64);
  weights = new Uint32Array(64);
  /** Group of the viewers of this token that share the network; 0 = alone there. Kept by `NetworkShares`. */
  groups = new Uint32Array(64);
  /** The next viewer of the same group. Kept by `NetworkShares`. */
  nextInGroup = new Uint32Array(64);
  /** Sums that the viewer is in, a bit each. Kept by `ViewerLevels` and `Returners`. */
  memberships = new Uint16Array(64);
  #sought: Readonly<ViewerSighting> | undefined;
  #foundSlot = 0;

  /** One past the highest row ever given out. */
  end(): number {
    return this.#pool.end();
  }

  size(): number {
    return this.#pool.used();
  }

  /** Makes room for so many viewers at once. */
  reserve(viewers: number): void {
    if (viewers >= this.tokens.length) this.#grow(viewers + 1);
  }

  /** Row of the viewer, 0 = not known. */
  find(sighting: Readonly<ViewerSighting>): number {
    this.#foundSlot = this.#slotOf(sighting);
    return this.at(this.#foundSlot);
  }

  /** Enters the viewer that {@link find} has just looked for in vain. */
  add(sighting: Readonly<ViewerSighting>): number {
    const entry = this.append(sighting);
    this.insert(this.#foundSlot, entry);
    return entry;
  }

  /** Enters a viewer that cannot be found before {@link indexAll}. */
  append(sighting: Readonly<ViewerSighting>): number {
    const end = this.#pool.end();
    const entry = this.#pool.take();
    if (entry >= this.tokens.length) this.#grow(grownLength(entry, entry + 1));
    if (entry === end) this.lastPanes[entry] = -1;
    this.tokens[entry] = sighting.token;
    this.viewerHighs[entry] = sighting.viewerHigh;
    this.viewerLows[entry] = sighting.viewerLow;
    return entry;
  }

  /** Makes all appended viewers known. @throws RangeError when one is there twice */
  indexAll(): void {
    this.fill(this.end(), (known, added) => {
      if (!this.#isSameViewer(known, added)) return 0;
      throw new RangeError('a viewer of a token is there twice');
    });
  }

  #isSameViewer(a: number, b: number): boolean {
    return (
      this.viewerLows[a] === this.viewerLows[b] &&
      this.viewerHighs[a] === this.viewerHighs[b] &&
      this.tokens[a] === this.tokens[b]
    );
  }

  /** Last but one pane of the viewer; -1 without one. */
  secondPane(entry: number): number {
    const gap = this.gaps[entry] as number;
    return gap === 0 ? -1 : (this.lastPanes[entry] as number) - gap;
  }

  /** The viewer was seen in this pane; its last pane is not changed by it. */
  setSecondPane(entry: number, pane: number): void {
    const gap = (this.lastPanes[entry] as number) - pane;
    this.gaps[entry] = gap > 0 && gap <= gapMax ? gap : 0;
  }

  /** Order in which viewers are forgotten: by last pane, then by hash. */
  isOlder(a: number, b: number): boolean {
    const panes = (this.lastPanes[a] as number) - (this.lastPanes[b] as number);
    if (panes !== 0) return panes < 0;
    const highs = (this.viewerHighs[a] as number) - (this.viewerHighs[b] as number);
    if (highs !== 0) return highs < 0;
    return (this.viewerLows[a] as number) < (this.viewerLows[b] as number);
  }

  /** Replaces what the entry says of its viewer's last view. */
  set(entry: number, sighting: Readonly<ViewerSighting>): void {
    this.networkHighs[entry] = sighting.networkHigh;
    this.networkLows[entry] = sighting.networkLow;
    this.lastPanes[entry] = sighting.pane;
    this.weights[entry] = sighting.weightMicro;
  }

  remove(entry: number): void {
    this.removeAt(this.probeReference(this.hashOf(entry), entry));
    this.tokens[entry] = 0;
    this.#pool.give(entry);
  }

  /** Is the sighting greater than what the entry holds? */
  isExceededBy(entry: number, sighting: Readonly<ViewerSighting>): boolean {
    const pane = this.lastPanes[entry] as number;
    if (sighting.pane !== pane) return sighting.pane > pane;
    const weight = this.weights[entry] as number;
    if (sighting.weightMicro !== weight) return sighting.weightMicro > weight;
    const high = this.networkHighs[entry] as number;
    if (sighting.networkHigh !== high) return sighting.networkHigh < high;
    return sighting.networkLow < (this.networkLows[entry] as number);
  }

  hasSameShare(entry: number, sighting: Readonly<ViewerSighting>): boolean {
    return (
      this.weights[entry] === sighting.weightMicro &&
      this.networkLows[entry] === sighting.networkLow &&
      this.networkHighs[entry] === sighting.networkHigh
    );
  }

  protected override matches(entry: number): boolean {
    const sought = this.#sought as ViewerSighting;
    return (
      this.viewerLows[entry] === sought.viewerLow &&
      this.viewerHighs[entry] === sought.viewerHigh &&
      this.tokens[entry] === sought.token
    );
  }

  protected override hashOf(entry: number): number {
    return hash3(
      this.tokens[entry] as number,
      this.viewerHighs[entry] as number,
      this.viewerLows[entry] as number,
    );
  }

  #slotOf(sighting: Readonly<ViewerSighting>): number {
    this.#sought = sighting;
    return this.probe(hash3(sighting.token, sighting.viewerHigh, sighting.viewerLow));
  }

  #grow(length: number): void {
    this.tokens = grown(this.tokens, length);
    this.viewerHighs = grown(this.viewerHighs, length);
    this.viewerLows = grown(this.viewerLows, length);
    this.networkHighs = grown(this.networkHighs, length);
    this.networkLows = grown(this.networkLows, length);
    this.lastPanes = grown(this.lastPanes, length);
    this.weights = grown(this.weights, length);
    this.groups = grown(this.groups, length);
    this.gaps = grown(this.gaps, length);
    this.nextInGroup = grown(this.nextInGroup, length);
    this.memberships = grown(this.memberships, length);
  }
}
