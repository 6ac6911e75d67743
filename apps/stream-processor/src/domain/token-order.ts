/** What candidates are ordered by. */
export interface Standing {
  /** Views in the window. */
  readonly views: number;
  /** Effective visitors, micro. */
  readonly effectiveMicro: number;
  readonly token: string;
}

/** Code-unit order of two tokens: never locale, so that every machine sorts alike. */
export function byToken(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Total order of candidates, best first: views, then effective visitors, then token. */
export function byStanding(a: Standing, b: Standing): number {
  return b.views - a.views || b.effectiveMicro - a.effectiveMicro || byToken(a.token, b.token);
}
