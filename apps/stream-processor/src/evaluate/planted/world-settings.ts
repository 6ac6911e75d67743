import type { AttackSet } from './attack-kinds.ts';
import type { Chance } from './random.ts';
import { dayMinutes } from './world-time.ts';

export interface WorldSettings {
  readonly seed: number;
  readonly tokens: number;
  readonly days: number;
  /** Trends and attacks begin in the days from this one on. */
  readonly judgedFrom: number;
  readonly trends: number;
  /** Of each kind. */
  readonly attacks: number;
  /** Which kinds are planted; without it the plain ones. */
  readonly attackSet?: AttackSet;
  /** One client looks at each of the most popular tokens again and again, from the judged days on. */
  readonly flooder?: boolean;
  /** Chance that a visit is followed by one to another token; without it nobody goes on. */
  readonly goOn?: number;
}

/** From one day to another. */
export type Judged = Pick<WorldSettings, 'judgedFrom' | 'days'>;

/** A minute of the judged days at random. */
export function startOf({ judgedFrom, days }: Judged, chance: Chance): number {
  return Math.floor((judgedFrom + chance.unit() * (days - judgedFrom)) * dayMinutes);
}

/** Chance that a visit is followed by another; none where there is no other token. */
export function goOnOf({ goOn = 0, tokens }: WorldSettings): number {
  return tokens < 2 ? 0 : goOn;
}
