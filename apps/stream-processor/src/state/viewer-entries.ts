import { hash3 } from '../domain/hash.ts';
import { RowPool } from './columns.ts';
import { gapMax, ViewerRows, type ViewerSighting } from './viewer-rows.ts';

/** What a row is found by. */
type SoughtViewer = Pick<ViewerSighting, 'token' | 'viewerHigh' | 'viewerLow'>;

/**
 * One row per (token, viewer): the greatest of its sightings by (pane, weight, then smallest network), and the last pane before that one.
 * Both are associative, commutative and idempotent, so neither order nor repetition of the views in the log can change them.
 * A free row has no token, and keeps its panes: lists that the row still stands in are known by them.
 */
export class ViewerEntries extends ViewerRows {
  readonly #pool = new RowPool();
  #sought: Readonly<SoughtViewer> | undefined;
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
    this.reserveRows(viewers + 1);
  }

  /** Row of the viewer, 0 = not known. */
  find(sighting: Readonly<SoughtViewer>): number {
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
    this.take(entry, sighting);
    if (entry === end) this.begin(entry);
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
      this.viewerLowOf(a) === this.viewerLowOf(b) &&
      this.viewerHighOf(a) === this.viewerHighOf(b) &&
      this.tokenOf(a) === this.tokenOf(b)
    );
  }

  /** Last but one pane of the viewer; -1 without one. */
  secondPane(entry: number): number {
    const gap = this.gapOf(entry);
    return gap === 0 ? -1 : this.lastPaneOf(entry) - gap;
  }

  /** The viewer was seen in this pane; its last pane is not changed by it. */
  setSecondPane(entry: number, pane: number): void {
    const gap = this.lastPaneOf(entry) - pane;
    this.setGap(entry, gap > 0 && gap <= gapMax ? gap : 0);
  }

  /** Order in which viewers are forgotten: by last pane, then by hash. */
  isOlder(a: number, b: number): boolean {
    const panes = this.lastPaneOf(a) - this.lastPaneOf(b);
    if (panes !== 0) return panes < 0;
    const highs = this.viewerHighOf(a) - this.viewerHighOf(b);
    if (highs !== 0) return highs < 0;
    return this.viewerLowOf(a) < this.viewerLowOf(b);
  }

  remove(entry: number): void {
    this.removeAt(this.probeReference(this.hashOf(entry), entry));
    this.free(entry);
    this.#pool.give(entry);
  }

  /** Is the sighting greater than what the entry holds? */
  isExceededBy(entry: number, sighting: Readonly<ViewerSighting>): boolean {
    const pane = this.lastPaneOf(entry);
    if (sighting.pane !== pane) return sighting.pane > pane;
    const weight = this.weightOf(entry);
    if (sighting.weightMicro !== weight) return sighting.weightMicro > weight;
    const high = this.networkHighOf(entry);
    if (sighting.networkHigh !== high) return sighting.networkHigh < high;
    return sighting.networkLow < this.networkLowOf(entry);
  }

  hasSameShare(entry: number, sighting: Readonly<ViewerSighting>): boolean {
    return (
      this.weightOf(entry) === sighting.weightMicro &&
      this.networkLowOf(entry) === sighting.networkLow &&
      this.networkHighOf(entry) === sighting.networkHigh
    );
  }

  protected override matches(entry: number): boolean {
    const sought = this.#sought as SoughtViewer;
    return (
      this.viewerLowOf(entry) === sought.viewerLow &&
      this.viewerHighOf(entry) === sought.viewerHigh &&
      this.tokenOf(entry) === sought.token
    );
  }

  protected override hashOf(entry: number): number {
    return hash3(this.tokenOf(entry), this.viewerHighOf(entry), this.viewerLowOf(entry));
  }

  #slotOf(sighting: Readonly<SoughtViewer>): number {
    this.#sought = sighting;
    return this.probe(hash3(sighting.token, sighting.viewerHigh, sighting.viewerLow));
  }
}
