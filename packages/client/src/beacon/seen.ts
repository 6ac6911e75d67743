const storageKey = 'trending-seen';

/** When what was seen last, epoch ms; used where storage is forbidden. */
let held: Record<string, number> = {};

/** True, and remembered, when `name` was not seen within `ms`. Holds for this tab; keeps nothing longer than `ms`. */
export function firstWithin(ms: number, name: string, now = Date.now()): boolean {
  const seen = Object.entries(read()).filter(([, at]) => at <= now && now - at < ms);
  const isFirst = !seen.some(([seenName]) => seenName === name);
  held = Object.fromEntries(isFirst ? [...seen, [name, now]] : seen);
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(held));
  } catch {
    // Forbidden or full: the page's own memory has to do.
  }
  return isFirst;
}

function read(): Record<string, number> {
  try {
    return { ...JSON.parse(sessionStorage.getItem(storageKey) ?? '{}'), ...held };
  } catch {
    return held;
  }
}
