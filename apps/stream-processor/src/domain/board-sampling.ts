/** What thinning needs to know of one board record. */
export interface SampledVersion {
  /** The record key: formula, window and scope. */
  readonly key: string;
  readonly asOf: number;
}

/**
 * Thins board history: boards change many times a second, history needs one version per step of as-of time. Of a range of records, in
 * offset order, it keeps the *last* version of every board in every step, so that a board that falls silent is remembered as it was
 * left. A pure function of the range: formed again after a crash, the same range gives the same rows.
 */
export function lastOfEachStep(
  versions: readonly SampledVersion[],
  stepMs: number,
): ReadonlySet<SampledVersion> {
  const last = new Map<string, SampledVersion>();
  for (const version of versions) {
    last.set(`${Math.floor(version.asOf / stepMs)}|${version.key}`, version);
  }
  return new Set(last.values());
}
