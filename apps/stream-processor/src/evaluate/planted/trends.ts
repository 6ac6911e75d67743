import { popularityOf } from './popularity.ts';
import type { Chance } from './random.ts';
import { startOf, type WorldSettings } from './world-settings.ts';

/** A rise of one token beyond its usual traffic; times in minutes. */
export interface Trend {
  readonly token: number;
  readonly start: number;
  readonly hold: number;
  /** Extra visitors a minute at the top. */
  readonly peak: number;
  /** Nearly all of its visitors are new. */
  readonly viral: boolean;
}

const rampMinutes = 15;
const halfLifeMinutes = 45;

export function plantTrends(settings: WorldSettings, chance: Chance): readonly Trend[] {
  return Array.from({ length: settings.trends }, () => {
    const token = chance.below(settings.tokens);
    const burst = Math.exp(Math.log(5) + 0.6 * chance.normal());
    const peak = Math.max(0.7, popularityOf(token) * burst);
    const start = startOf(settings, chance);
    return { token, start, hold: 30 + chance.below(61), peak, viral: chance.unit() < 0.3 };
  });
}

/** Expected extra visitors in this minute. */
export function riseOf({ start, hold, peak }: Trend, minute: number): number {
  const age = minute - start;
  if (age < 0) return 0;
  if (age < rampMinutes) return (peak * age) / rampMinutes;
  const decay = age - rampMinutes - hold;
  return decay <= 0 ? peak : peak * 0.5 ** (decay / halfLifeMinutes);
}
