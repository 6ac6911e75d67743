import { type AttackKind, attackSets, peoplePlanOf } from './attack-kinds.ts';
import type { Chance } from './random.ts';
import { type Judged, startOf, type WorldSettings } from './world-settings.ts';

/** Fake views of one token; times in minutes. */
export interface Attack {
  readonly token: number;
  readonly start: number;
  readonly length: number;
  readonly kind: AttackKind;
  /** Made-up people of one crew are the same in each of its attacks. */
  readonly crew: number;
}

/** As many attacks of each kind as the settings say. */
export function plantAttacks(settings: WorldSettings, chance: Chance): readonly Attack[] {
  const planted: Attack[] = [];
  for (const kind of attackSets[settings.attackSet ?? 'plain']) {
    const sessions = sessionsOf(kind, settings);
    for (let index = 0; index < settings.attacks; index += 1) {
      const session = index % sessions;
      const before = session === 0 ? undefined : planted.at(-1);
      const token = before?.token ?? Math.floor(settings.tokens * (0.2 + 0.8 * chance.unit()));
      const start = startOf(sessions === 1 ? settings : dayOf(settings, session), chance);
      planted.push({ token, start, length: 120, kind, crew: before?.crew ?? planted.length });
    }
  }
  return planted;
}

/** Attacks by the same crew, one in each of the judged days. */
function sessionsOf(kind: AttackKind, { days, judgedFrom }: WorldSettings): number {
  return peoplePlanOf(kind)?.returns ? Math.max(1, Math.ceil(days - judgedFrom)) : 1;
}

/** One of the judged days, or what there is of it. Not the same hour of each: yesterday's would already be expected. */
function dayOf({ days, judgedFrom }: WorldSettings, day: number): Judged {
  const from = judgedFrom + day;
  return { judgedFrom: from, days: Math.min(days, from + 1) };
}
