const samplesMax = 20;
/** Above this the two clocks disagree or the tab slept: not a latency. */
const plausibleMsMax = 60_000;

/** The last few times from view to screen, ms. */
export class LatencyWindow {
  readonly #samples: number[] = [];

  /** `receivedAt` is the gateway's clock, `paintedAt` ours: their skew is part of the figure. */
  add(receivedAt: number, paintedAt: number): void {
    const ms = paintedAt - receivedAt;
    if (receivedAt === 0 || ms < 0 || ms > plausibleMsMax) return;
    this.#samples.push(ms);
    if (this.#samples.length > samplesMax) this.#samples.shift();
  }

  /** The median, or undefined before the first sample. */
  p50(): number | undefined {
    const sorted = [...this.#samples].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }
}
