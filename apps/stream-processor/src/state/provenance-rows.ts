import { provenanceBuckets } from '../domain/provenance.ts';
import { grown, grownLength, RowPool } from './columns.ts';

/** Counters of a row: sources, then countries. */
export const provenanceWidth = 2 * provenanceBuckets;
/**
 * A count stays here, in one byte, and no token makes up the site's mixture alone. What needs to be told of a token is told before a second
 * source of an hour stands here too: from then on none has more than half.
 */
const countMax = 255;
/** So many views are kept one by one, a byte each; most tokens have no more in an hour. */
const listedMax = 4;
/** Number of views of a row whose counts stand in a table. */
const tabled = listedMax + 1;

/** Words of a row. */
const word = { token: 0, hour: 1, older: 2, nextInHour: 3, views: 4, listed: 5 } as const;
const width = 6;

/**
 * Views by source and by country per (token, hour), a row each. Rows of a token are chained from the newest hour to the oldest, rows of an
 * hour in no order.
 */
export class ProvenanceRows {
  readonly #pool = new RowPool();
  #rows = new Uint32Array(0);
  /** A token's newest row, 0 = none. */
  #newest = new Uint32Array(0);
  readonly #tables = new RowPool();
  #counts = new Uint8Array(0);

  newestOf(token: number): number {
    return this.#newest[token] ?? 0;
  }

  olderThan(row: number): number {
    return this.#rows[row * width + word.older] as number;
  }

  nextInHour(row: number): number {
    return this.#rows[row * width + word.nextInHour] as number;
  }

  tokenOf(row: number): number {
    return this.#rows[row * width + word.token] as number;
  }

  hourOf(row: number): number {
    return this.#rows[row * width + word.hour] as number;
  }

  /** The token's row of this hour, 0 = none. */
  find(token: number, hour: number): number {
    let row = this.newestOf(token);
    while (row !== 0 && this.hourOf(row) > hour) row = this.olderThan(row);
    return row !== 0 && this.hourOf(row) === hour ? row : 0;
  }

  /** A row without views for a token that has none of this hour; `next` is another row of the hour, or 0. */
  add(token: number, hour: number, next: number): number {
    const row = this.#pool.take();
    if ((row + 1) * width > this.#rows.length)
      this.#rows = grown(this.#rows, width * grownLength(row, row + 1));
    if (token >= this.#newest.length)
      this.#newest = grown(this.#newest, grownLength(token, token + 1));
    let newer = 0;
    let older = this.newestOf(token);
    while (older !== 0 && this.hourOf(older) > hour)
      [newer, older] = [older, this.olderThan(older)];
    this.#rows.set([token, hour, older, next, 0, 0], row * width);
    this.#link(token, newer, row);
    return row;
  }

  /** Takes out a row whose hour is over; the others of the hour are the caller's to go on with. */
  remove(row: number): void {
    const token = this.tokenOf(row);
    let newer = 0;
    for (let at = this.newestOf(token); at !== row; at = this.olderThan(at)) newer = at;
    this.#link(token, newer, this.olderThan(row));
    if (this.#viewsOf(row) === tabled) this.#tables.give(this.#listedOf(row));
    this.#pool.give(row);
  }

  /** Adds the row's counts to `sums`, by column. */
  addTo(sums: Float64Array, row: number): void {
    const views = this.#viewsOf(row);
    const listed = this.#listedOf(row);
    if (views === tabled) {
      const first = listed * provenanceWidth;
      for (let i = 0; i < provenanceWidth; i += 1)
        sums[i] = (sums[i] as number) + (this.#counts[first + i] as number);
      return;
    }
    for (let i = 0; i < views; i += 1) {
      const provenance = (listed >>> (8 * i)) & 0xff;
      for (const column of [sourceColumn(provenance), countryColumn(provenance)])
        sums[column] = (sums[column] as number) + 1;
    }
  }

  /** Counts a view; `sums` grow by what the row's counts grow, so that they are those of their rows. */
  count(row: number, provenance: number, sums: Float64Array): void {
    const views = this.#viewsOf(row);
    if (views < listedMax) {
      const at = row * width;
      this.#rows[at + word.listed] = this.#listedOf(row) | (provenance << (8 * views));
      this.#rows[at + word.views] = views + 1;
      for (const column of [sourceColumn(provenance), countryColumn(provenance)])
        sums[column] = (sums[column] as number) + 1;
      return;
    }
    this.#countMany(row, sums, { column: sourceColumn(provenance), views: 1 });
    this.#countMany(row, sums, { column: countryColumn(provenance), views: 1 });
  }

  /** Enters counts by column into a row without views. Which source came with which country is not told, and not needed. */
  load(row: number, counts: ArrayLike<number>, sums: Float64Array): void {
    const sources = bucketsOf(counts, 0);
    const countries = bucketsOf(counts, provenanceBuckets);
    if (sources.length <= listedMax && sources.length === countries.length) {
      for (const [i, source] of sources.entries())
        this.count(row, provenanceBuckets * source + (countries[i] as number), sums);
      return;
    }
    for (let column = 0; column < provenanceWidth; column += 1)
      this.#countMany(row, sums, { column, views: counts[column] ?? 0 });
  }

  #countMany(
    row: number,
    sums: Float64Array,
    { column, views }: { readonly column: number; readonly views: number },
  ): void {
    const at = this.#tableOf(row) * provenanceWidth + column;
    const before = this.#counts[at] as number;
    const after = Math.min(countMax, before + views);
    this.#counts[at] = after;
    sums[column] = (sums[column] as number) + after - before;
  }

  /** The table of a row, which from now on has one. */
  #tableOf(row: number): number {
    if (this.#viewsOf(row) === tabled) return this.#listedOf(row);
    const table = this.#tables.take();
    const [first, end] = [table * provenanceWidth, (table + 1) * provenanceWidth];
    if (end > this.#counts.length)
      this.#counts = grown(this.#counts, grownLength(this.#counts.length, end));
    const counts = new Float64Array(provenanceWidth);
    this.addTo(counts, row);
    this.#counts.set(counts, first);
    this.#rows[row * width + word.views] = tabled;
    this.#rows[row * width + word.listed] = table;
    return table;
  }

  #viewsOf(row: number): number {
    return this.#rows[row * width + word.views] as number;
  }

  /** Provenances of the views, the first in the lowest byte; or the row's table. */
  #listedOf(row: number): number {
    return this.#rows[row * width + word.listed] as number;
  }

  #link(token: number, newer: number, older: number): void {
    if (newer === 0) this.#newest[token] = older;
    else this.#rows[newer * width + word.older] = older;
  }
}

function sourceColumn(provenance: number): number {
  return Math.floor(provenance / provenanceBuckets);
}

function countryColumn(provenance: number): number {
  return provenanceBuckets + (provenance % provenanceBuckets);
}

/** The bucket of each view, in order; of many views only as many as to see that they are too many to list. */
function bucketsOf(counts: ArrayLike<number>, first: number): number[] {
  const buckets: number[] = [];
  for (let bucket = 0; bucket < provenanceBuckets; bucket += 1)
    for (let left = counts[first + bucket] ?? 0; left > 0 && buckets.length <= listedMax; left -= 1)
      buckets.push(bucket);
  return buckets;
}
