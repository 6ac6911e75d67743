import { moreLooks, repeatMs } from './looks.ts';
import type { Chance } from './random.ts';
import { later, noWave, plus, type Wave } from './waves.ts';
import { minuteMs } from './world-time.ts';

/** The most visits that follow a first one. */
export const goneOnMax = 5;
/** Minutes from the last look of a visit to the next visit: at least, and at most. */
const [soonest, latest] = [1, 6];
/** Minutes between the beginnings of a visit and the next one, in the mean. */
const stepMinutes = (soonest + latest) / 2 + (moreLooks * repeatMs) / minuteMs;

/** ms from the last look of a visit to the next visit. */
export function pauseOf(chance: Chance): number {
  return soonest * minuteMs + chance.below((latest - soonest) * minuteMs);
}

/** Visits that come of one: itself and those that follow, in the mean. */
export function visitsOfOne(goOn: number): number {
  let visits = 1;
  for (let step = 1; step <= goneOnMax; step += 1) visits += goOn ** step;
  return visits;
}

/** A token's share of what all tokens have, and its visits by people who come by themselves. */
export interface Place {
  readonly share: number;
  readonly direct: Wave;
}

/** Visits on one step from token to token: those of this step, and of it and all before. */
interface Flow {
  readonly share: number;
  readonly now: Wave;
  readonly sum: Wave;
}

/** Expected visits by people who go on to each token, of all those who come by themselves to any. */
export function arrivalsOf(places: readonly Place[], goOn: number): Wave[] {
  let flows: Flow[] = places.map(({ share, direct }) => ({ share, now: direct, sum: noWave }));
  for (let step = 1; step <= goneOnMax; step += 1) flows = nextFlows(flows, goOn);
  return flows.map(({ sum }) => sum);
}

/** Whoever is at a token goes on to each other one by its share of what the others have together: `share ÷ (1 − own share)`. */
function nextFlows(flows: readonly Flow[], goOn: number): Flow[] {
  const all = flows.reduce((sum, { share, now }) => plus(sum, now, 1 / (1 - share)), noWave);
  return flows.map(({ share, now, sum }) => {
    const others = plus(all, now, -1 / (1 - share));
    const arriving = later(plus(noWave, others, goOn * share), stepMinutes);
    return { share, now: arriving, sum: plus(sum, arriving) };
  });
}
