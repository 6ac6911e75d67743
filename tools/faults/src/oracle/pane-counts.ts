import type { Window } from '@trending/schemas';

const finestMs = 10_000;
/** Buckets of the roll-ups, ms. */
export const buckets = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
export type Bucket = keyof typeof buckets;

/** Views of every token by ten-second pane of their event time; the finest pane of any window. */
export class PaneCounts {
  readonly #byToken: Map<number, number>[];

  constructor(tokens: number) {
    this.#byToken = Array.from({ length: tokens }, () => new Map());
  }

  add(token: number, viewedAt: number): void {
    const panes = this.#byToken[token];
    const pane = Math.floor(viewedAt / finestMs);
    panes?.set(pane, (panes.get(pane) ?? 0) + 1);
  }

  /** Views of a token in a window at `asOf`: the running pane, the whole panes before it, and panes ahead. */
  inWindow(token: number, { windowSizeMs, paneSizeMs }: Window, asOf: number): number {
    const from = Math.floor(asOf / paneSizeMs) * paneSizeMs - windowSizeMs;
    let sum = 0;
    for (const [pane, views] of this.#byToken[token] ?? []) {
      if (pane * finestMs >= from) sum += views;
    }
    return sum;
  }

  /** `token index|start of the bucket in s` → views. */
  by(bucket: Bucket): Map<string, number> {
    const bucketMs = buckets[bucket];
    const sums = new Map<string, number>();
    for (const [token, panes] of this.#byToken.entries()) {
      for (const [pane, views] of panes) {
        const start = Math.floor((pane * finestMs) / bucketMs) * (bucketMs / 1_000);
        const key = `${token}|${start}`;
        sums.set(key, (sums.get(key) ?? 0) + views);
      }
    }
    return sums;
  }
}
