import { type AttackKind, attackSets, peoplePlanOf } from './attack-kinds.ts';
import type { Chance } from './random.ts';
import { startOf, type WorldSettings } from './world-settings.ts';
import { dayMinutes } from './world-time.ts';

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
      const before = index % sessions === 0 ? undefined : planted.at(-1);
      if (before) planted.push({ ...before, start: before.start + dayMinutes });
      else {
        const token = Math.floor(settings.tokens * (0.2 + 0.8 * chance.unit()));
        const days = settings.days - (sessions - 1);
        const start = startOf({ ...settings, days }, chance);
        planted.push({ token, start, length: 120, kind, crew: planted.length });
      }
    }
  }
  return planted;
}

/** Attacks by the same crew, a day apart: as many as the judged days can hold. */
function sessionsOf(kind: AttackKind, { days, judgedFrom }: WorldSettings): number {
  return peoplePlanOf(kind)?.returns ? Math.max(1, Math.ceil(days - judgedFrom)) : 1;
}
