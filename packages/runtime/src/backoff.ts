export interface BackoffSettings {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Delay before retry `attempt` (0-based): doubling, capped; `jitter` in [0, 1) spreads it over its upper half. */
export function backoffDelay(settings: BackoffSettings, attempt: number, jitter: number): number {
  const full = Math.min(settings.maxMs, settings.initialMs * 2 ** Math.min(attempt, 30));
  return Math.round(full * (0.5 + jitter / 2));
}
