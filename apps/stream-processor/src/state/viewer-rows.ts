import type { JourneyBits } from '../domain/journey.ts';
import { grown, grownLength, rowsAtFirst } from './columns.ts';
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
  /** What is known of it beyond its views, and the newest day of that. */
  journeys: JourneyBits;
  journeyDay: number;
}

/** Greatest gap that is kept: far beyond the longest window. */
export const gapMax = 65_535;

/** Words of a row. One behind the other, so that a viewer who comes again costs one cache line or two, not one for each of them. */
const word = {
  /** 0 = the row is free. */
  token: 0,
  viewerHigh: 1,
  viewerLow: 2,
  networkHigh: 3,
  networkLow: 4,
  lastPane: 5,
  weight: 6,
  group: 7,
  nextInGroup: 8,
  /** See {@link StoredViewer.gap}, above it the memberships, and above them the journeys. */
  gap: 9,
} as const;
const width = 10;
const gapBits = 16;
const journeyShift = 28;

/** The rows of {@link ViewerEntries}, word by word. */
export abstract class ViewerRows extends SlotTable {
  #rows = new Uint32Array(rowsAtFirst);

  /** The token whose viewer it is; 0 = the row is free. */
  tokenOf(entry: number): number {
    return this.#rows[entry * width + word.token] as number;
  }

  viewerHighOf(entry: number): number {
    return this.#rows[entry * width + word.viewerHigh] as number;
  }

  viewerLowOf(entry: number): number {
    return this.#rows[entry * width + word.viewerLow] as number;
  }

  networkHighOf(entry: number): number {
    return this.#rows[entry * width + word.networkHigh] as number;
  }

  networkLowOf(entry: number): number {
    return this.#rows[entry * width + word.networkLow] as number;
  }

  /** Finest pane of the viewer's last view; -1 before there is any. */
  lastPaneOf(entry: number): number {
    return (this.#rows[entry * width + word.lastPane] as number) | 0;
  }

  /** Micro. */
  weightOf(entry: number): number {
    return this.#rows[entry * width + word.weight] as number;
  }

  /** Group of the viewers of this token that share the network; 0 = alone there. Kept by `NetworkShares`. */
  groupOf(entry: number): number {
    return this.#rows[entry * width + word.group] as number;
  }

  setGroup(entry: number, group: number): void {
    this.#rows[entry * width + word.group] = group;
  }

  /** The next viewer of the same group. Kept by `NetworkShares`. */
  nextInGroup(entry: number): number {
    return this.#rows[entry * width + word.nextInGroup] as number;
  }

  setNextInGroup(entry: number, next: number): void {
    this.#rows[entry * width + word.nextInGroup] = next;
  }

  /** What is known of the viewer beyond its views. Kept by `Journeys`. */
  journeysOf(entry: number): JourneyBits {
    return (this.#rows[entry * width + word.gap] as number) >>> journeyShift;
  }

  setJourneys(entry: number, bits: JourneyBits): void {
    const at = entry * width + word.gap;
    const rest = (this.#rows[at] as number) & ~(0xf << journeyShift);
    this.#rows[at] = rest | (bits << journeyShift);
  }

  /** Is it in these sums? They have a bit each, of 12. Kept by `ViewerLevels` and `Returners`. */
  isMember(entry: number, bit: number): boolean {
    return ((this.#rows[entry * width + word.gap] as number) & (bit << gapBits)) !== 0;
  }

  /** In instead of out, or out instead of in. */
  turnMember(entry: number, bit: number): void {
    const at = entry * width + word.gap;
    this.#rows[at] = (this.#rows[at] as number) ^ (bit << gapBits);
  }

  /** See {@link StoredViewer.gap}. */
  gapOf(entry: number): number {
    return (this.#rows[entry * width + word.gap] as number) & gapMax;
  }

  setGap(entry: number, gap: number): void {
    const at = entry * width + word.gap;
    this.#rows[at] = ((this.#rows[at] as number) & ~gapMax) | gap;
  }

  /** Replaces what the entry says of its viewer's last view. */
  set(entry: number, sighting: Readonly<ViewerSighting>): void {
    const row = entry * width;
    this.#rows[row + word.networkHigh] = sighting.networkHigh;
    this.#rows[row + word.networkLow] = sighting.networkLow;
    this.#rows[row + word.lastPane] = sighting.pane;
    this.#rows[row + word.weight] = sighting.weightMicro;
  }

  /** Gives the row to a viewer; the rest of it stays as it was. */
  protected take(entry: number, sighting: Readonly<ViewerSighting>): void {
    if (width * (entry + 1) > this.#rows.length) this.reserveRows(grownLength(entry, entry + 1));
    const row = entry * width;
    this.#rows[row + word.token] = sighting.token;
    this.#rows[row + word.viewerHigh] = sighting.viewerHigh;
    this.#rows[row + word.viewerLow] = sighting.viewerLow;
  }

  /** A row that was never taken before has had no pane yet. */
  protected begin(entry: number): void {
    this.#rows[entry * width + word.lastPane] = -1;
  }

  protected free(entry: number): void {
    this.#rows[entry * width + word.token] = 0;
  }

  /** Makes room for rows below this one at once. */
  protected reserveRows(end: number): void {
    if (width * end > this.#rows.length) this.#rows = grown(this.#rows, width * end);
  }
}
