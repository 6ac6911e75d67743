import { lagHoursMin } from '../domain/hour-rules.ts';
import { dominantBucket, provenanceBuckets } from '../domain/provenance.ts';
import { grown, grownLength, RowPool } from './columns.ts';

/** Counters of a row: sources, then countries. */
const width = 2 * provenanceBuckets;
/**
 * A count stays here, in one byte, and no token makes up the site's mixture alone. What needs to be told of a token is told before a second
 * source of an hour stands here too: from then on none has more than half.
 */
const countMax = 255;
/** The running hour and so many before it are kept: a day of past behind those that are left out. */
const hoursKept = 24 + lagHoursMin;

/** Sources, and countries: of a token as {@link ProvenanceHours.of} tells them, of the site as views by bucket. */
export interface Provenance {
  readonly sources: readonly number[];
  readonly countries: readonly number[];
}

/** Views of a token in an hour: by source, then by country. */
export interface TokenHour {
  readonly token: number;
  readonly hour: number;
  readonly counts: ArrayLike<number>;
}

/** An hour: rows by token, and their sums. */
interface Hour {
  readonly rows: Map<number, number>;
  readonly sums: Float64Array;
}

/** Views of a token's past: all, of a source and of a country; -1 is none of them. */
interface Past {
  readonly source: number;
  readonly country: number;
  all: number;
  ofSource: number;
  ofCountry: number;
}

const nothing: Provenance = { sources: [], countries: [] };

/**
 * Views by source and by country of each token and clock hour. Sums that stop at a limit: neither order nor grouping of the views
 * can change them.
 */
export class ProvenanceHours {
  readonly #hours = new Map<number, Hour>();
  readonly #pool = new RowPool();
  #counts = new Uint8Array(64 * width);
  #running = 0;
  readonly #now = new Float64Array(width);
  /** By token, while the past stays what it is: candidates are asked for again and again. */
  readonly #pasts = new Map<number, Past>();

  /** Counts a view of `provenance`. */
  add(token: number, hour: number, provenance: number): void {
    if (hour < this.#running - hoursKept) return;
    if (this.#isPast(hour)) this.#pasts.clear();
    const of = this.#hourOf(hour);
    const first = (of.rows.get(token) ?? this.#addRow(of, token)) * width;
    this.#count(first, of.sums, { column: Math.floor(provenance / provenanceBuckets), views: 1 });
    const country = provenanceBuckets + (provenance % provenanceBuckets);
    this.#count(first, of.sums, { column: country, views: 1 });
  }

  /** Enters what another store counted. @throws RangeError when the hour of the token is there already */
  load({ token, hour, counts }: TokenHour): void {
    if (hour < this.#running - hoursKept) return;
    if (this.#isPast(hour)) this.#pasts.clear();
    const of = this.#hourOf(hour);
    if (of.rows.has(token)) throw new RangeError('an hour of a token is there twice');
    const first = this.#addRow(of, token) * width;
    for (let column = 0; column < width; column += 1)
      this.#count(first, of.sums, { column, views: counts[column] ?? 0 });
  }

  /** Everything in memory, to be written out; the running hour may move on meanwhile, but nothing may be counted. */
  *all(): Generator<TokenHour> {
    for (const [hour, { rows }] of this.#hours)
      for (const [token, row] of rows)
        yield { token, hour, counts: this.#counts.subarray(row * width, (row + 1) * width) };
  }

  /** Moves the running hour, never back, and forgets the hours that nobody asks for any more. */
  advance(runningHour: number): void {
    if (runningHour <= this.#running) return;
    this.#running = runningHour;
    this.#pasts.clear();
    for (const [hour, { rows }] of this.#hours) {
      if (hour >= runningHour - hoursKept) continue;
      for (const row of rows.values()) this.#pool.give(row);
      this.#hours.delete(hour);
    }
  }

  /**
   * The source, and the country, of more than half of a token's views in the running hour and the one before: bucket, its views, all of
   * them, and the latter two of the past, which ends {@link lagHoursMin} hours before: a pump must not become usual. Empty without one.
   */
  of(token: number): Provenance {
    const now = this.#now.fill(0);
    for (let hour = this.#running + 1; hour >= this.#running - 1; hour -= 1)
      this.#addTo(now, this.#hours.get(hour)?.rows.get(token) ?? 0);
    const source = dominantBucket(now.subarray(0, provenanceBuckets));
    const country = dominantBucket(now.subarray(provenanceBuckets));
    if (source < 0 && country < 0) return nothing;
    const past = this.#pastOf(token, source, country);
    const total = viewsOf(now, 0);
    const ofSource = [source, now[source] as number, total, past.ofSource, past.all];
    const ofCountry = now[provenanceBuckets + country] as number;
    return {
      sources: source < 0 ? [] : ofSource,
      countries: country < 0 ? [] : [country, ofCountry, total, past.ofCountry, past.all],
    };
  }

  /** Views by bucket of all tokens, in the running hour and the one before. */
  site(): Provenance {
    const now = this.#now.fill(0);
    for (const [hour, { sums }] of this.#hours) {
      if (hour < this.#running - 1) continue;
      for (let i = 0; i < width; i += 1) now[i] = (now[i] as number) + (sums[i] as number);
    }
    return {
      sources: [...now.subarray(0, provenanceBuckets)],
      countries: [...now.subarray(provenanceBuckets)],
    };
  }

  #pastOf(token: number, source: number, country: number): Past {
    const known = this.#pasts.get(token);
    if (known !== undefined && known.source === source && known.country === country) return known;
    const past = { source, country, all: 0, ofSource: 0, ofCountry: 0 };
    for (const [hour, { rows }] of this.#hours) {
      const row = this.#isPast(hour) ? rows.get(token) : undefined;
      if (row === undefined) continue;
      const first = row * width;
      past.all += viewsOf(this.#counts, first);
      if (source >= 0) past.ofSource += this.#counts[first + source] as number;
      if (country >= 0)
        past.ofCountry += this.#counts[first + provenanceBuckets + country] as number;
    }
    this.#pasts.set(token, past);
    return past;
  }

  #isPast(hour: number): boolean {
    return hour < this.#running - lagHoursMin;
  }

  #addTo(sums: Float64Array, row: number): void {
    if (row === 0) return;
    for (let i = 0; i < width; i += 1)
      sums[i] = (sums[i] as number) + (this.#counts[row * width + i] as number);
  }

  #hourOf(hour: number): Hour {
    const known = this.#hours.get(hour);
    if (known !== undefined) return known;
    const added = { rows: new Map<number, number>(), sums: new Float64Array(width) };
    this.#hours.set(hour, added);
    return added;
  }

  #addRow({ rows }: Hour, token: number): number {
    const row = this.#pool.take();
    rows.set(token, row);
    const end = (row + 1) * width;
    if (end > this.#counts.length)
      this.#counts = grown(this.#counts, grownLength(this.#counts.length, end));
    this.#counts.fill(0, row * width, end);
    return row;
  }

  /** The hour's sums grow by what the count grows, so that they are those of its rows. */
  #count(
    first: number,
    sums: Float64Array,
    { column, views }: { readonly column: number; readonly views: number },
  ): void {
    const before = this.#counts[first + column] as number;
    const after = Math.min(countMax, before + views);
    this.#counts[first + column] = after;
    sums[column] = (sums[column] as number) + after - before;
  }
}

/** All views of a row: every one has a source. */
function viewsOf(counts: Uint8Array | Float64Array, first: number): number {
  let sum = 0;
  for (let i = 0; i < provenanceBuckets; i += 1) sum += counts[first + i] as number;
  return sum;
}
