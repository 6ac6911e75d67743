import { lagHoursMin } from '../domain/hour-rules.ts';
import { dominantBucket, provenanceBuckets } from '../domain/provenance.ts';
import { grown, grownLength, RowPool } from './columns.ts';

/** Counters of a row: sources, then countries. */
const width = 2 * provenanceBuckets;
/** A count stays here: what needs to be told of a token is told long before. */
const countMax = 65_535;
/** The running hour and so many before it are kept: a day of past behind those that are left out. */
const hoursKept = 24 + lagHoursMin;

export interface TokenProvenance {
  readonly sources: number[];
  readonly countries: number[];
}

/** An hour: rows by token, and their sums. */
interface Hour {
  readonly rows: Map<number, number>;
  readonly sums: Float64Array;
}

/**
 * Views by source and by country of each token and clock hour. Sums that stop at a limit: neither order nor grouping of the views
 * can change them.
 */
export class ProvenanceHours {
  readonly #hours = new Map<number, Hour>();
  readonly #pool = new RowPool();
  #counts = new Uint16Array(64 * width);
  #running = 0;
  readonly #now = new Float64Array(width);
  readonly #past = new Float64Array(width);

  /** Counts a view of `provenance`. */
  add(token: number, hour: number, provenance: number): void {
    if (hour < this.#running - hoursKept) return;
    const { sums } = this.#hourOf(hour);
    const row = this.#rowOf(token, hour);
    this.#count(row, sums, { column: Math.floor(provenance / provenanceBuckets), views: 1 });
    const country = provenanceBuckets + (provenance % provenanceBuckets);
    this.#count(row, sums, { column: country, views: 1 });
  }

  /** Enters what another store counted. @throws RangeError when the hour of the token is there already */
  load({ token, hour, counts }: TokenHour): void {
    if (hour < this.#running - hoursKept) return;
    const { rows, sums } = this.#hourOf(hour);
    if (rows.has(token)) throw new RangeError('an hour of a token is there twice');
    const row = this.#rowOf(token, hour);
    for (let column = 0; column < width; column += 1)
      this.#count(row, sums, { column, views: counts[column] ?? 0 });
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
    for (const [hour, { rows }] of this.#hours) {
      if (hour >= runningHour - hoursKept) continue;
      for (const row of rows.values()) this.#pool.give(row);
      this.#hours.delete(hour);
    }
  }

  /** What {@link dominantBucket} tells of the running hour and the one before, against those that end {@link lagHoursMin} hours before: a pump must not become usual. */
  of(token: number): TokenProvenance {
    this.#now.fill(0);
    this.#past.fill(0);
    for (const [hour, { rows }] of this.#hours) {
      const row = rows.get(token);
      const sums = this.#sumsFor(hour);
      if (row === undefined || sums === undefined) continue;
      for (let i = 0; i < width; i += 1)
        sums[i] = (sums[i] as number) + (this.#counts[row * width + i] as number);
    }
    const [now, past] = [halvesOf(this.#now), halvesOf(this.#past)];
    return {
      sources: dominantBucket(now.sources, past.sources),
      countries: dominantBucket(now.countries, past.countries),
    };
  }

  /** Sums over all tokens, of the running hour and the one before. */
  site(): TokenProvenance {
    this.#now.fill(0);
    for (const [hour, { sums }] of this.#hours) {
      if (hour < this.#running - 1) continue;
      for (let i = 0; i < width; i += 1)
        this.#now[i] = (this.#now[i] as number) + (sums[i] as number);
    }
    return halvesOf(this.#now);
  }

  #sumsFor(hour: number): Float64Array | undefined {
    if (hour >= this.#running - 1) return this.#now;
    return hour < this.#running - lagHoursMin ? this.#past : undefined;
  }

  #hourOf(hour: number): Hour {
    const known = this.#hours.get(hour);
    if (known !== undefined) return known;
    const added = { rows: new Map<number, number>(), sums: new Float64Array(width) };
    this.#hours.set(hour, added);
    return added;
  }

  #rowOf(token: number, hour: number): number {
    const { rows } = this.#hourOf(hour);
    const known = rows.get(token);
    if (known !== undefined) return known;
    const row = this.#pool.take();
    rows.set(token, row);
    const needed = (row + 1) * width;
    if (needed > this.#counts.length)
      this.#counts = grown(this.#counts, grownLength(this.#counts.length, needed));
    this.#counts.fill(0, row * width, needed);
    return row;
  }

  /** The hour's sums grow by what the count grows, so that they are those of its rows. */
  #count(
    row: number,
    sums: Float64Array,
    { column, views }: { readonly column: number; readonly views: number },
  ): void {
    const at = row * width + column;
    const before = this.#counts[at] as number;
    const after = Math.min(countMax, before + views);
    this.#counts[at] = after;
    sums[column] = (sums[column] as number) + after - before;
  }
}

function halvesOf(sums: Float64Array): TokenProvenance {
  return {
    sources: [...sums.subarray(0, provenanceBuckets)],
    countries: [...sums.subarray(provenanceBuckets)],
  };
}

/** Views of a token in an hour: by source, then by country. */
export interface TokenHour {
  readonly token: number;
  readonly hour: number;
  readonly counts: ArrayLike<number>;
}
