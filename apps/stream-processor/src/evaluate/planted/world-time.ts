export const minuteMs = 60_000;
export const dayMinutes = 1_440;
const startedAt = Date.UTC(2026, 0, 5);

/** ms */
export function timeOf(minute: number): number {
  return startedAt + minute * minuteMs;
}

export function minuteOf(time: number): number {
  return (time - startedAt) / minuteMs;
}
