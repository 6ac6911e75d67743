import { hash3, hashText } from './hash.ts';

/** Team 0 or 1. */
export type Team = 0 | 1;

export interface Drafted<T> {
  readonly item: T;
  readonly team: Team;
}

export interface DraftSettings {
  /** Longest draft. */
  readonly max: number;
  /** Decides who begins a round; the same seed gives the same draft. */
  readonly seed: number;
}

/** Coins of a draft stay the same for so long, ms: a board that shuffled with every version could not be read. */
export const draftStepMs = 60_000;

/** The seed of a board's draft at an as-of time. */
export function draftSeed(board: string, asOf: number): number {
  return hash3(hashText(board), Math.floor(asOf / draftStepMs) >>> 0, 0);
}

/**
 * Team-draft interleaving (Radlinski, Kurup, Joachims, CIKM 2008): in rounds, a coin says which list picks first; each picks its best
 * item that nobody has picked yet. So after every round both teams have as many items, unless one list has run dry.
 */
export function teamDraft<T>(
  lists: readonly [readonly T[], readonly T[]],
  idOf: (item: T) => string,
  { max, seed }: DraftSettings,
): Drafted<T>[] {
  const taken = new Set<string>();
  const next: [number, number] = [0, 0];
  const picks: [number, number] = [0, 0];
  const drafted: Drafted<T>[] = [];
  const bestLeft = (team: Team): T | undefined => {
    for (; ; next[team] += 1) {
      const item = lists[team][next[team]];
      if (item === undefined || !taken.has(idOf(item))) return item;
    }
  };
  while (drafted.length < max) {
    const first = turnOf(picks, seed);
    const second: Team = first === 0 ? 1 : 0;
    const team = bestLeft(first) === undefined ? second : first;
    const item = bestLeft(team);
    if (item === undefined) break;
    taken.add(idOf(item));
    picks[team] += 1;
    drafted.push({ item, team });
  }
  return drafted;
}

/** Whose turn it is: the team with fewer picks, else the coin's. */
export function turnOf(picks: readonly [number, number], seed: number): Team {
  if (picks[0] !== picks[1]) return picks[0] < picks[1] ? 0 : 1;
  return (hash3(seed, picks[0], 1) & 1) as Team;
}
