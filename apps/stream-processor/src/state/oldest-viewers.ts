import { trackedViewersMax } from '../domain/counting-rules.ts';
import type { ViewerEntries } from './viewer-entries.ts';

/** A viewer as it was when it was put in its place. */
interface Place {
  readonly row: number;
  readonly pane: number;
  readonly high: number;
  readonly low: number;
}

/** Of so many places some must be of viewers that are gone: they are cleared away. */
const placesMax = 2 * trackedViewersMax;

/**
 * Which viewer of a token was seen the longest ago; of several in one pane that with the smallest hash. Only tokens with as many viewers
 * as are tracked are asked about. A heap of places that are put right when they come up: viewers only grow younger.
 */
export class OldestViewers {
  readonly #entries: ViewerEntries;
  readonly #heaps = new Map<number, Place[]>();

  constructor(entries: ViewerEntries) {
    this.#entries = entries;
  }

  /** The token's oldest viewer, which must have one. */
  of(token: number): number {
    let heap = this.#heaps.get(token);
    if (heap === undefined) {
      heap = this.#heapOf(token);
      this.#heaps.set(token, heap);
    }
    for (;;) {
      const [oldest] = heap;
      if (oldest === undefined) throw new RangeError('a token without viewers has no oldest one');
      const { row } = oldest;
      const pane = this.#entries.lastPaneOf(row);
      if (!this.#isHere(token, oldest)) removeFirst(heap);
      else if (pane === oldest.pane) return row;
      else sink(heap, { ...oldest, pane });
    }
  }

  /** A viewer has come to the token. Where only a network was full, nobody asked and nothing was cleared away. */
  add(entry: number): void {
    if (this.#heaps.size === 0) return;
    const token = this.#entries.tokenOf(entry);
    const heap = this.#heaps.get(token);
    if (heap === undefined) return;
    if (heap.length >= placesMax) this.#heaps.delete(token);
    else rise(heap, this.#placeOf(entry));
  }

  /** Viewers of the token have left: it may take long until it is asked about again. */
  forget(token: number): void {
    if (this.#heaps.size > 0) this.#heaps.delete(token);
  }

  /** Every row is looked at: once for many viewers who came. */
  #heapOf(token: number): Place[] {
    const heap: Place[] = [];
    for (let row = 1; row < this.#entries.end(); row += 1)
      if (this.#entries.tokenOf(row) === token) heap.push(this.#placeOf(row));
    return heap.sort((a, b) => (isOlder(a, b) ? -1 : 1));
  }

  #placeOf(row: number): Place {
    const entries = this.#entries;
    return {
      row,
      pane: entries.lastPaneOf(row),
      high: entries.viewerHighOf(row),
      low: entries.viewerLowOf(row),
    };
  }

  /** Is the row still that viewer's? */
  #isHere(token: number, { row, high, low }: Place): boolean {
    const entries = this.#entries;
    return (
      entries.tokenOf(row) === token &&
      entries.viewerHighOf(row) === high &&
      entries.viewerLowOf(row) === low
    );
  }
}

/** Viewers are forgotten by their last pane, then by their hash. */
function isOlder(a: Omit<Place, 'row'>, b: Omit<Place, 'row'>): boolean {
  if (a.pane !== b.pane) return a.pane < b.pane;
  return a.high === b.high ? a.low < b.low : a.high < b.high;
}

/** Puts the place in, from the end of the heap towards its beginning. */
function rise(heap: Place[], place: Place): void {
  let at = heap.push(place) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isOlder(place, heap[above] as Place)) break;
    heap[at] = heap[above] as Place;
    at = above;
  }
  heap[at] = place;
}

/** Puts the place in instead of the first one, which is no older, from the beginning of the heap towards its end. */
function sink(heap: Place[], place: Place): void {
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isOlder(heap[below + 1] as Place, heap[below] as Place))
      below += 1;
    if (!isOlder(heap[below] as Place, place)) break;
    heap[at] = heap[below] as Place;
    at = below;
  }
  heap[at] = place;
}

function removeFirst(heap: Place[]): void {
  const last = heap.pop();
  if (last !== undefined && heap.length > 0) sink(heap, last);
}
