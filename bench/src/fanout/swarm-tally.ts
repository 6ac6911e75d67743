/** What a swarm saw since the last reading. */
export interface SwarmReading {
  readonly frames: number;
  readonly deltas: number;
  readonly bytes: number;
  readonly errors: number;
  /** Frames that did not follow the version held. */
  readonly gaps: number;
  /** Checksums that did not fit. */
  readonly wrong: number;
  readonly closed: number;
  /** Different versions held now, over all boards. */
  readonly versions: number;
  /** ms from scoring to arrival. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const bucketsMs = 20_000;

/** Counts of a whole swarm, in plain fields: it is touched with every frame of every client. */
export class SwarmTally {
  frames = 0;
  deltas = 0;
  bytes = 0;
  errors = 0;
  gaps = 0;
  wrong = 0;
  closed = 0;
  /** Deltas by whole milliseconds of delay. */
  readonly #delays = new Uint32Array(bucketsMs);

  latency(ms: number): void {
    const bucket = Math.min(bucketsMs - 1, Math.max(0, ms));
    this.#delays[bucket] = (this.#delays[bucket] ?? 0) + 1;
  }

  /** The counts so far; the next reading begins at zero. */
  read(): Omit<SwarmReading, 'versions'> {
    const { frames, deltas, bytes, errors, gaps, wrong, closed } = this;
    const delays = { p50: this.#quantile(0.5), p99: this.#quantile(0.99), max: this.#quantile(1) };
    this.frames = this.deltas = this.bytes = this.errors = this.gaps = this.wrong = this.closed = 0;
    this.#delays.fill(0);
    return { frames, deltas, bytes, errors, gaps, wrong, closed, ...delays };
  }

  #quantile(q: number): number {
    const wanted = q * this.deltas;
    let sum = 0;
    for (let ms = 0; ms < bucketsMs; ms += 1) {
      sum += this.#delays[ms] ?? 0;
      if (sum >= wanted && sum > 0) return ms;
    }
    return Number.NaN;
  }
}
