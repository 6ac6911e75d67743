/** Fake views of one token; times in minutes. */
export interface Attack {
  readonly token: number;
  readonly start: number;
  readonly length: number;
  readonly kind: AttackKind;
}

/** Fake views a minute, and how many networks and viewers they come from; 0 = a new one each. `repeats`: one more keeps looking. */
export const attackKinds = {
  'one client': { perMinute: 180, networks: 1, viewers: 1 },
  '3 networks': { perMinute: 5, networks: 3, viewers: 0 },
  '30 networks': { perMinute: 8, networks: 30, viewers: 0 },
  'all distinct': { perMinute: 1, networks: 0, viewers: 0 },
  'beside a repeater': { perMinute: 1, networks: 0, viewers: 0, repeats: true },
} as const;
export type AttackKind = keyof typeof attackKinds;
