/** What `Retry-After` (seconds or an HTTP date, RFC 9110) asks for, ms, never below 0; undefined when it says nothing usable. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header ?? '';
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
