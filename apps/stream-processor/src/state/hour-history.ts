import { scopesShippedMax } from '../domain/board-size.ts';
import {
  historyHours,
  hourMs,
  hourResidualMicro,
  hourWeights,
  lags,
  youngHours,
} from '../domain/hour-rules.ts';
import { byToken } from '../domain/token-order.ts';
import { paneIndexOf } from '../domain/window-level.ts';
import type { PaneCells } from './pane-cells.ts';
import type { TokenTable } from './token-table.ts';

/** What a token's completed hours tell a formula; see the fields of `Candidate`. */
export interface TokenHistory {
  readonly histH: number;
  readonly histHours: number;
  readonly phiSum: number;
  readonly phiCount: number;
  readonly sameHour: number;
  readonly cohort: string;
}

export interface CohortSum {
  readonly name: string;
  tokens: number;
  histH: number;
}

/** A time of the day: the `minutes` before `asOf`. */
export interface DaySpan {
  readonly asOf: number;
  readonly minutes: number;
}

/** Young and old of every chain that may have boards, and more. */
const cohortsShippedMax = 2 * scopesShippedMax;
const dayMs = 24 * hourMs;
const minuteMs = 60_000;

interface SiteSums {
  readonly cohorts: ReadonlyMap<string, CohortSum>;
  readonly histH: number;
}

/**
 * Views by clock hour of the last two days, which the longest window's panes are. What is summed here is remembered until an hour
 * ends or a view comes for an hour that ended: nothing of its own can be lost or restored.
 */
export class HourHistory {
  readonly #tokens: TokenTable;
  readonly #cells: PaneCells;
  readonly #hours = new Float64Array(historyHours + 1);
  /** Views of all tokens by hour. */
  readonly #siteHours = new Map<number, number>();
  readonly #sums = new Map<number, SiteSums>();
  /** The first hour with views of any token; after all of them while there is none. */
  #firstHour = Number.POSITIVE_INFINITY;
  #summed = { running: -1, version: -1 };

  constructor(tokens: TokenTable, cells: PaneCells) {
    this.#tokens = tokens;
    this.#cells = cells;
  }

  /** `lag`: hours between the newest hour that counts and the running one. */
  of(token: number, lag: number, span: DaySpan): TokenHistory {
    const newest = this.#cells.runningPane - 1 - lag;
    const { hours, first } = this.#read(token, newest);
    const histHours = Math.max(0, newest - first + 1);
    let histH = 0;
    for (let age = 0; age < histHours; age += 1)
      histH += (hourWeights[age] as number) * (hours[age] as number);
    let [phiSum, phiCount] = [0, 0];
    for (let age = 1; age + 1 < histHours; age += 1) {
      phiSum += hourResidualMicro(
        hours[age + 1] as number,
        hours[age] as number,
        hours[age - 1] as number,
      );
      phiCount += 1;
    }
    const sameHour = sameHourSum(span, (hour) => hours[newest - hour] ?? 0);
    return { histH, histHours, phiSum, phiCount, sameHour, cohort: this.#cohortOf(token, first) };
  }

  /** Sums over all tokens. */
  site(lag: number, span: DaySpan) {
    const { cohorts, histH } = this.#siteSums(lag);
    const sameHour = sameHourSum(span, (hour) => this.#siteHours.get(hour) ?? 0);
    return {
      histH,
      sameHour,
      hours: Math.max(0, this.#cells.runningPane - lag - this.#firstHour),
      cohorts: shippedOf([...cohorts.values()]).sort((a, b) => byToken(a.name, b.name)),
    };
  }

  /** Hours by age from `newest` on, and the first hour known at all. The array is the class's own. */
  #read(token: number, newest: number): { hours: Float64Array; first: number } {
    const hours = this.#hours;
    hours.fill(0);
    let first = Number.POSITIVE_INFINITY;
    this.#cells.readAll(token, (hour, views) => {
      first = hour;
      if (hour <= newest) hours[newest - hour] = views;
    });
    return { hours, first };
  }

  #siteSums(lag: number): SiteSums {
    const { runningPane: running, pastVersion: version } = this.#cells;
    if (running !== this.#summed.running || version !== this.#summed.version) this.#sumAll();
    this.#summed = { running, version };
    return this.#sums.get(lag) as SiteSums;
  }

  /** Once an hour, and again when a late view changed a completed hour. */
  #sumAll(): void {
    const running = this.#cells.runningPane;
    this.#siteHours.clear();
    const maps = lags.map(() => new Map<string, CohortSum>());
    const own = new Float64Array(lags.length);
    for (let token = 1; token < this.#tokens.end(); token += 1) {
      if (this.#tokens.nameOf(token) === '') continue;
      own.fill(0);
      let first = running;
      this.#cells.readAll(token, (hour, views) => {
        if (hour >= running) return;
        first = hour;
        this.#siteHours.set(hour, (this.#siteHours.get(hour) ?? 0) + views);
        for (let i = 0; i < own.length; i += 1)
          own[i] =
            (own[i] as number) +
            (hourWeights[running - 1 - (lags[i] as number) - hour] ?? 0) * views;
      });
      // Who has only come in the running hour would change the sums view by view.
      if (first === running) continue;
      const name = this.#cohortOf(token, first);
      for (const [i, cohorts] of maps.entries()) {
        const sum = cohorts.get(name) ?? { name, tokens: 0, histH: 0 };
        cohorts.set(name, sum);
        sum.tokens += 1;
        sum.histH += own[i] as number;
      }
    }
    this.#firstHour = Math.min(...this.#siteHours.keys());
    for (const [i, lag] of lags.entries()) {
      const cohorts = maps[i] as Map<string, CohortSum>;
      let histH = 0;
      for (const sum of cohorts.values()) histH += sum.histH;
      this.#sums.set(lag, { cohorts, histH });
    }
  }

  /** Chain and age: tokens like this one. */
  #cohortOf(token: number, firstHour: number): string {
    const name = this.#tokens.nameOf(token);
    const chain = name.slice(0, name.indexOf(':'));
    return `${chain}/${this.#cells.runningPane - firstHour < youngHours ? 'young' : 'old'}`;
  }
}

/** Chains are an open set: of too many cohorts the largest, ties by name. */
function shippedOf(cohorts: CohortSum[]): CohortSum[] {
  if (cohorts.length <= cohortsShippedMax) return cohorts;
  const bySize = cohorts.sort((a, b) => b.tokens - a.tokens || byToken(a.name, b.name));
  return bySize.slice(0, cohortsShippedMax);
}

/** Views (× minutes) in the clock hours that the span overlaps a day before. */
function sameHourSum({ asOf, minutes }: DaySpan, hourOf: (hour: number) => number): number {
  // Whole minutes: a part of one would be rounded in every partition.
  const end = paneIndexOf(asOf, minuteMs) * minuteMs - dayMs;
  const start = end - minutes * minuteMs;
  let sum = 0;
  for (let hour = paneIndexOf(start, hourMs); hour * hourMs < end; hour += 1) {
    const overlapMs = Math.min(end, (hour + 1) * hourMs) - Math.max(start, hour * hourMs);
    sum += Math.floor((hourOf(hour) * overlapMs) / minuteMs);
  }
  return sum;
}
