import { lagHoursMin } from '../domain/hour-rules.ts';
import { dominantBucket, provenanceBuckets } from '../domain/provenance.ts';
import { ProvenanceRows, provenanceWidth } from './provenance-rows.ts';

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

/** An hour: the first of its rows, and their sums by column. */
interface Hour {
  first: number;
  readonly sums: Float64Array;
}

/** Views of a token's past: all, of a source and of a country; -1 is none of them. */
interface Past {
  readonly source: number;
  readonly country: number;
  readonly all: number;
  readonly ofSource: number;
  readonly ofCountry: number;
}

const nothing: Provenance = { sources: [], countries: [] };

/**
 * Views by source and by country of each token and clock hour. Sums that stop at a limit: neither order nor grouping of the views
 * can change them.
 */
export class ProvenanceHours {
  readonly #hours = new Map<number, Hour>();
  readonly #rows = new ProvenanceRows();
  #running = 0;
  readonly #now = new Float64Array(provenanceWidth);
  /** By token, while the past stays what it is: candidates are asked for again and again. */
  readonly #pasts = new Map<number, Past>();

  /** Counts a view of `provenance`. */
  add(token: number, hour: number, provenance: number): void {
    if (hour < this.#running - hoursKept) return;
    if (this.#isPast(hour)) this.#pasts.clear();
    const of = this.#hourOf(hour);
    const row = this.#rows.find(token, hour) || this.#addRow(of, token, hour);
    this.#rows.count(row, provenance, of.sums);
  }

  /** Enters what another store counted. @throws RangeError when the hour of the token is there already */
  load({ token, hour, counts }: TokenHour): void {
    if (hour < this.#running - hoursKept) return;
    if (this.#isPast(hour)) this.#pasts.clear();
    if (this.#rows.find(token, hour) !== 0)
      throw new RangeError('an hour of a token is there twice');
    const of = this.#hourOf(hour);
    this.#rows.load(this.#addRow(of, token, hour), counts, of.sums);
  }

  /** Everything in memory, to be written out; the running hour may move on meanwhile, but nothing may be counted. The counts are the caller's until it goes on. */
  *all(): Generator<TokenHour> {
    const counts = new Float64Array(provenanceWidth);
    for (const [hour, { first }] of this.#hours)
      for (let row = first; row !== 0; row = this.#rows.nextInHour(row)) {
        this.#rows.addTo(counts.fill(0), row);
        yield { token: this.#rows.tokenOf(row), hour, counts };
      }
  }

  /** Moves the running hour, never back, and forgets the hours that nobody asks for any more. */
  advance(runningHour: number): void {
    if (runningHour <= this.#running) return;
    this.#running = runningHour;
    this.#pasts.clear();
    for (const [hour, { first }] of this.#hours) {
      if (hour >= runningHour - hoursKept) continue;
      this.#hours.delete(hour);
      for (let row = first; row !== 0; ) {
        const next = this.#rows.nextInHour(row);
        this.#rows.remove(row);
        row = next;
      }
    }
  }

  /**
   * The source, and the country, of more than half of a token's views in the running hour and the one before: bucket, its views, all of
   * them, and the latter two of the past, which ends {@link lagHoursMin} hours before: a pump must not become usual. Empty without one.
   */
  of(token: number): Provenance {
    const now = this.#now.fill(0);
    for (let row = this.#rows.newestOf(token); row !== 0; row = this.#rows.olderThan(row)) {
      const hour = this.#rows.hourOf(row);
      if (hour < this.#running - 1) break;
      if (hour <= this.#running + 1) this.#rows.addTo(now, row);
    }
    const source = dominantBucket(now.subarray(0, provenanceBuckets));
    const country = dominantBucket(now.subarray(provenanceBuckets));
    if (source < 0 && country < 0) return nothing;
    const past = this.#pastOf(token, source, country);
    const total = viewsOf(now);
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
      for (let i = 0; i < provenanceWidth; i += 1)
        now[i] = (now[i] as number) + (sums[i] as number);
    }
    return {
      sources: [...now.subarray(0, provenanceBuckets)],
      countries: [...now.subarray(provenanceBuckets)],
    };
  }

  #pastOf(token: number, source: number, country: number): Past {
    const known = this.#pasts.get(token);
    if (known !== undefined && known.source === source && known.country === country) return known;
    const counts = new Float64Array(provenanceWidth);
    for (let row = this.#rows.newestOf(token); row !== 0; row = this.#rows.olderThan(row))
      if (this.#isPast(this.#rows.hourOf(row))) this.#rows.addTo(counts, row);
    const past = {
      source,
      country,
      all: viewsOf(counts),
      ofSource: counts[source] ?? 0,
      ofCountry: country < 0 ? 0 : (counts[provenanceBuckets + country] as number),
    };
    this.#pasts.set(token, past);
    return past;
  }

  #isPast(hour: number): boolean {
    return hour < this.#running - lagHoursMin;
  }

  #hourOf(hour: number): Hour {
    const known = this.#hours.get(hour);
    if (known !== undefined) return known;
    const added = { first: 0, sums: new Float64Array(provenanceWidth) };
    this.#hours.set(hour, added);
    return added;
  }

  #addRow(of: Hour, token: number, hour: number): number {
    of.first = this.#rows.add(token, hour, of.first);
    return of.first;
  }
}

/** All views of a row: every one has a source. */
function viewsOf(counts: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < provenanceBuckets; i += 1) sum += counts[i] as number;
  return sum;
}
