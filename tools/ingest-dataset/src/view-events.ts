import { createHash } from 'node:crypto';
import type { ViewRequest } from '@trending/schemas/http/publish';
import type { CountRow, CountSeries } from './count-series.ts';

/** Length of the interval a count stands for, ms. */
export const intervalMs = 300_000;
/** People return: viewers are drawn from so many. */
export const viewerPool = 400_000n;

export interface ViewEventSettings {
  readonly chain: string;
}

/**
 * Views of count series: count `c` at `t` is `c` views, view `k` at `t + ⌊(k + 0.5) · 300 000 / c⌋`; the rest is a hash of
 * (ticker, t, k), so the same data give the same views, event ids included. Merged by time; ties by ticker, then k.
 */
export function* viewEvents(
  series: readonly CountSeries[],
  { chain }: ViewEventSettings,
): Generator<ViewRequest> {
  const ordered = [...series].sort((a, b) => (a.ticker < b.ticker ? -1 : 1));
  const cursors = ordered.map((one) => new SeriesCursor(one));
  for (;;) {
    let first: SeriesCursor | undefined;
    for (const cursor of cursors)
      if (cursor.viewedAt < (first?.viewedAt ?? Number.POSITIVE_INFINITY)) first = cursor;
    if (first === undefined) return;
    yield viewOf(first, chain);
    first.advance();
  }
}

function viewOf({ ticker, at, k, viewedAt }: SeriesCursor, chain: string): ViewRequest {
  const hash = createHash('sha256').update(`${ticker}|${at}|${k}`).digest();
  const viewer = hash.readBigUInt64BE(0) % viewerPool;
  return {
    address: ticker,
    chain,
    eventId: uuidOf(hash),
    viewedAt,
    viewer: `dataset-${viewer}`,
    network: `dataset-${createHash('sha256').update(String(viewer)).digest('hex').slice(0, 16)}`,
    source: 'dataset',
    country: 'US',
    device: 'desktop',
  };
}

/** UUID of version 8 (free form, RFC 9562) from the first 16 bytes of a hash. */
function uuidOf(hash: Buffer): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, i) => hex.slice(cuts[i], end))
    .join('-');
}

/** Stands at one view of a series; `viewedAt` is Infinity behind the last one. */
class SeriesCursor {
  readonly ticker: string;
  readonly #rows: readonly CountRow[];
  #row = -1;
  k = 0;
  at = 0;
  viewedAt = Number.POSITIVE_INFINITY;

  constructor({ ticker, rows }: CountSeries) {
    this.ticker = ticker;
    this.#rows = rows;
    this.#nextRow();
  }

  advance(): void {
    this.k += 1;
    if (this.k >= (this.#rows[this.#row]?.count ?? 0)) this.#nextRow();
    else this.#stand();
  }

  #nextRow(): void {
    this.k = 0;
    do this.#row += 1;
    while (this.#rows[this.#row]?.count === 0);
    this.#stand();
  }

  #stand(): void {
    const row = this.#rows[this.#row];
    this.at = row?.at ?? 0;
    this.viewedAt =
      row === undefined
        ? Number.POSITIVE_INFINITY
        : row.at + Math.floor(((this.k + 0.5) * intervalMs) / row.count);
  }
}
