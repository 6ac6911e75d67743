import { scopesShippedMax } from '../domain/board-size.ts';
import {
  type EdgeWeights,
  edgeWeights,
  type HourSpan,
  historyHours,
  hourMs,
  hourResidualMicro,
  lags,
  minutesInHour,
  overlapSum,
  pastSum,
  pastWeights,
  youngHours,
} from '../domain/hour-rules.ts';
import { byToken } from '../domain/token-order.ts';
import { paneIndexOf } from '../domain/window-level.ts';
import type { KnownTokens } from './category-table.ts';
import type { PaneCells } from './pane-cells.ts';
import type { TokenTable } from './token-table.ts';

/** What a token's completed hours tell a formula; see the fields of `Candidate`. */
export interface TokenHistory {
  readonly histH: number;
  readonly histHours: number;
  readonly histMinutes: number;
  /** What weights the hours had, those without views too: `histH` over it is the usual hour. */
  readonly histWeight: number;
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

/** Young and old of every chain that may have boards, and more. */
const cohortsShippedMax = 2 * scopesShippedMax;
const dayMs = 24 * hourMs;
const minuteMs = 60_000;

/** A cohort's sums where the running hour begins and where it ends; between them they go straight. */
interface CohortEnds {
  readonly name: string;
  tokens: number;
  start: number;
  end: number;
}

const edgesByLag = lags.map(edgeWeights);

/**
 * Views by clock hour of the last two days, which the longest window's panes are. What is summed here is remembered until an hour
 * ends or a view comes for an hour that ended: nothing of its own can be lost or restored.
 */
export class HourHistory {
  readonly #tokens: TokenTable;
  readonly #cells: PaneCells;
  readonly #known: KnownTokens;
  readonly #hours = new Float64Array(historyHours + 1);
  /** Views of all tokens by hour. */
  readonly #siteHours = new Map<number, number>();
  /** Cohorts by lag. */
  readonly #sums = new Map<number, ReadonlyMap<string, CohortEnds>>();
  /** The first hour with views of any token; after all of them while there is none. */
  #firstHour = Number.POSITIVE_INFINITY;
  #summed = { running: -1, version: -1 };
  /** Of the token at hand, by lag. */
  readonly #starts = new Float64Array(lags.length);
  readonly #ends = new Float64Array(lags.length);

  constructor(tokens: TokenTable, cells: PaneCells, known: KnownTokens) {
    this.#tokens = tokens;
    this.#cells = cells;
    this.#known = known;
  }

  /** What is known of the token besides its views changed. One that has only come in the running hour is in no sum yet. */
  ageChanged(token: number): void {
    if (this.#cells.oldestPaneStart(token) >= this.#cells.runningPane * hourMs) return;
    this.#summed = { running: -1, version: -1 };
  }

  /**
   * `lag`: hours between the newest hour that counts and the running one. That hour enters bit by bit, minute by minute of the running
   * one, while the oldest leaves in the same way: nothing jumps at a full hour.
   */
  of(token: number, lag: number, span: HourSpan): TokenHistory {
    const newest = this.#cells.runningPane - 1 - lag;
    const minute = this.#minuteOf(span.asOf);
    const weights = pastWeights(lag, minute);
    const { hours, first, firstStaying } = this.#read(token, newest);
    const histHours = Math.max(0, newest - first + 1);
    const { histH, histWeight } = pastSum(hours, weights, histHours);
    let [phiSum, phiCount] = [0, 0];
    for (let age = 1; age + 1 < histHours; age += 1) {
      phiSum += hourResidualMicro(
        hours[age + 1] as number,
        hours[age] as number,
        hours[age - 1] as number,
      );
      phiCount += 1;
    }
    const histMinutes =
      (minutesInHour - minute) * Math.max(0, newest - first) +
      minute * Math.max(0, newest - firstStaying + 1);
    const sameHour = sameHourSum(span, (hour) => hours[newest - hour] ?? 0);
    const cohort = this.#cohortOf(token, first);
    return { histH, histHours, histMinutes, histWeight, phiSum, phiCount, sameHour, cohort };
  }

  /** Sums over all tokens. */
  site(lag: number, span: HourSpan) {
    const minute = this.#minuteOf(span.asOf);
    const cohorts = [...this.#cohortsOf(lag).values()].map(({ name, tokens, start, end }) => ({
      name,
      tokens,
      histH: (minutesInHour - minute) * start + minute * end,
    }));
    return {
      histH: cohorts.reduce((sum, { histH }) => sum + histH, 0),
      sameHour: sameHourSum(span, (hour) => this.#siteHours.get(hour) ?? 0),
      hours: Math.max(0, this.#cells.runningPane - lag - this.#firstHour),
      cohorts: shippedOf(cohorts).sort((a, b) => byToken(a.name, b.name)),
    };
  }

  /** Whole minutes of the running hour that are over. */
  #minuteOf(asOf: number): number {
    const sinceHour = asOf - this.#cells.runningPane * hourMs;
    return Math.max(0, Math.min(minutesInHour - 1, Math.floor(sinceHour / minuteMs)));
  }

  /**
   * Hours by age from `newest` on, the first hour known at all, and the first of those that are still known in an hour. The array is the
   * class's own.
   */
  #read(token: number, newest: number) {
    const hours = this.#hours;
    hours.fill(0);
    let [first, firstStaying] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    const leaving = this.#cells.runningPane - historyHours;
    this.#cells.readAll(token, (hour, views) => {
      first = hour;
      if (hour > leaving) firstStaying = hour;
      if (hour <= newest) hours[newest - hour] = views;
    });
    return { hours, first, firstStaying };
  }

  #cohortsOf(lag: number): ReadonlyMap<string, CohortEnds> {
    const { runningPane: running, pastVersion: version } = this.#cells;
    if (running !== this.#summed.running || version !== this.#summed.version) this.#sumAll();
    this.#summed = { running, version };
    return this.#sums.get(lag) as ReadonlyMap<string, CohortEnds>;
  }

  /** Once an hour, and again when a late view changed what is summed of a completed hour. */
  #sumAll(): void {
    const running = this.#cells.runningPane;
    this.#siteHours.clear();
    const maps = lags.map(() => new Map<string, CohortEnds>());
    for (let token = 1; token < this.#tokens.end(); token += 1) {
      if (this.#tokens.nameOf(token) === '') continue;
      this.#starts.fill(0);
      this.#ends.fill(0);
      let first = running;
      this.#cells.readAll(token, (hour, views) => {
        if (hour >= running) return;
        first = hour;
        this.#siteHours.set(hour, (this.#siteHours.get(hour) ?? 0) + views);
        this.#weigh(running - 1 - hour, views);
      });
      // Who has only come in the running hour would change the sums view by view.
      if (first === running) continue;
      const name = this.#cohortOf(token, first);
      for (const [i, cohorts] of maps.entries()) {
        const sum = cohorts.get(name) ?? { name, tokens: 0, start: 0, end: 0 };
        cohorts.set(name, sum);
        sum.tokens += 1;
        sum.start += this.#starts[i] as number;
        sum.end += this.#ends[i] as number;
      }
    }
    this.#firstHour = Math.min(...this.#siteHours.keys());
    for (const [i, lag] of lags.entries())
      this.#sums.set(lag, maps[i] as ReadonlyMap<string, CohortEnds>);
  }

  /** Adds an hour to the sums of the token at hand. `age`: hours between it and the running one. */
  #weigh(age: number, views: number): void {
    for (let i = 0; i < lags.length; i += 1) {
      const { start, end } = edgesByLag[i] as EdgeWeights;
      const place = age - (lags[i] as number);
      this.#starts[i] = (this.#starts[i] as number) + (start[place] ?? 0) * views;
      this.#ends[i] = (this.#ends[i] as number) + (end[place] ?? 0) * views;
    }
  }

  /** Chain and age, as metadata know it or else from the first view on: tokens like this one. */
  #cohortOf(token: number, firstHour: number): string {
    const name = this.#tokens.nameOf(token);
    const chain = name.slice(0, name.indexOf(':'));
    const createdAt = this.#known.createdAtOf?.(name) ?? Number.POSITIVE_INFINITY;
    const since = Math.min(firstHour, paneIndexOf(createdAt, hourMs));
    return `${chain}/${this.#cells.runningPane - since < youngHours ? 'young' : 'old'}`;
  }
}

/** Chains are an open set: of too many cohorts the largest, ties by name. */
function shippedOf(cohorts: CohortSum[]): CohortSum[] {
  if (cohorts.length <= cohortsShippedMax) return cohorts;
  const bySize = cohorts.sort((a, b) => b.tokens - a.tokens || byToken(a.name, b.name));
  return bySize.slice(0, cohortsShippedMax);
}

/** Views × minutes in the clock hours that the span overlaps a day before. */
function sameHourSum({ asOf, minutes }: HourSpan, hourOf: (hour: number) => number): number {
  return overlapSum({ asOf: asOf - dayMs, minutes }, hourOf);
}
