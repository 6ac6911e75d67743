import { partitionOf } from '@trending/kafka';
import { boardKey, type Candidate, scopeAll, type WindowName } from '@trending/schemas';
import { alarmLevelMicro, levelOnSite } from '../domain/alarm-level.ts';
import type { RankFormula } from '../domain/board.ts';
import { mergeSets } from '../domain/board-merge.ts';
import { siteTotalsOf } from '../domain/board-selection.ts';
import { futureGuardMs } from '../domain/counting-rules.ts';
import { lagHoursOf } from '../domain/hour-rules.ts';
import { dayOf } from '../domain/journey.ts';
import { RankState } from '../domain/rank-state.ts';
import type { SiteTotals } from '../domain/scorer.ts';
import { byToken } from '../domain/token-order.ts';
import { levelOf } from '../domain/window-level.ts';
import { AggregateState } from '../state/aggregate-state.ts';
import { candidateSetOf } from '../state/candidate-sets.ts';
import { JourneyLoop } from '../state/journey-loop.ts';
import { aggregate } from '../topology.ts';
import { HourSamples } from './hour-samples.ts';
import { LeapGuard } from './leap-guard.ts';
import type { ViewEvent } from './view-event.ts';

export interface EvaluationSettings {
  /** Boards are made of all of them at once; a step's items are the first one's. */
  readonly formulas: readonly [RankFormula, ...RankFormula[]];
  readonly window: WindowName;
  /** Time between two boards, ms. */
  readonly everyMs: number;
  readonly partitions: number;
  /**
   * List every token with its alarm level instead of the board: from a week of hours, which only an evaluation keeps, or `live`, from
   * what the service has.
   */
  readonly alarms: boolean | 'live';
  /** Tokens with so many effective visitors may be listed; without it those on the live support floor. */
  readonly floorVisitors?: number;
}

/** A token on a board, or with its alarm level; the score in points. */
export interface EvaluationItem {
  readonly token: string;
  readonly score: number;
  readonly flags: readonly string[];
}

/** One step: the board, or every token with its alarm level. */
export interface EvaluationStep {
  /** ms */
  readonly asOf: number;
  readonly items: readonly EvaluationItem[];
  /** The boards of all formulas, in their order; none when alarms are asked for. */
  readonly boards: readonly (readonly EvaluationItem[])[];
}

const micro = 1_000_000;

/** Views in, boards out: the live topology's own code on stream time. No clock is read; the same events give the same steps. */
export class Evaluation {
  readonly #settings: EvaluationSettings;
  readonly #rank: RankState;
  readonly #hours = new HourSamples();
  readonly #keys = new Map<string, Uint8Array>();
  readonly #guard = new LeapGuard();
  #states: readonly AggregateState[] = [];
  #journeys = new JourneyLoop([]);
  #asOf: number | undefined;
  /** Views that no board counts, because they broke a rule. */
  refused = 0;
  /** Views so far behind the others that no window holds them any more. */
  get late(): number {
    return this.#states.reduce((sum, { counts }) => sum + counts.lateDropped, 0);
  }
  /** Views so far ahead of all others that they were left out. */
  get ahead(): number {
    return this.#guard.refused;
  }
  /** Views that entered the windows. */
  get counted(): number {
    return this.#states.reduce((sum, { counts }) => sum + counts.counted + counts.lateCounted, 0);
  }

  constructor(settings: EvaluationSettings) {
    this.#settings = settings;
    const { formulas, partitions } = settings;
    this.#rank = new RankState({ formulas, partitions, startedAt: 0, epoch: 1 });
  }

  /** Takes one view, in the order of the log. @returns the steps that ended before it, or before views that waited for it */
  *add(event: ViewEvent): Generator<EvaluationStep> {
    if (event.view.viewedAt <= event.timestamp + futureGuardMs) {
      for (const passed of this.#guard.take(event)) yield* this.#count(passed);
      return;
    }
    // A time that the pipeline refuses must not move the boards.
    if (this.#asOf === undefined) this.refused += 1;
    else this.#fold(this.#guard.bounded(event));
  }

  /** The steps of the last views; call it once, at the end. */
  *end(): Generator<EvaluationStep> {
    for (const passed of this.#guard.end()) yield* this.#count(passed);
    if (this.#asOf !== undefined) yield this.#step(this.#asOf);
  }

  /** What a token is scored by now, over all partitions; undefined when it is not in memory. */
  featuresOf(token: string): { readonly token: Candidate; readonly site: SiteTotals } | undefined {
    const { window, partitions } = this.#settings;
    const level = levelOf(window);
    const state = this.#states[partitionOf(this.#keyOf(token), partitions)];
    const features = state?.store.featuresOf(level, token);
    if (features === undefined) return undefined;
    const sets = this.#states.map((one, partition) =>
      candidateSetOf(one, level, { partition, epoch: 1, metadataOffset: 0 }),
    );
    return { token: features, site: siteTotalsOf(mergeSets(sets, partitions), window) };
  }

  *#count(event: ViewEvent): Generator<EvaluationStep> {
    const { viewedAt } = event.view;
    if (this.#asOf === undefined) this.#begin(viewedAt);
    while (viewedAt > (this.#asOf as number)) {
      yield this.#step(this.#asOf as number);
      this.#advance((this.#asOf as number) + this.#settings.everyMs);
    }
    this.#fold(event);
  }

  #fold({ view, timestamp }: ViewEvent): void {
    const key = this.#keyOf(view.token);
    const partition = partitionOf(key, this.#settings.partitions);
    const state = this.#states[partition] as AggregateState;
    const offset = state.inputOffset;
    const record = { topic: '', partition, offset, timestamp, key, value: null, headers: {} };
    if (aggregate(state, record, { ok: true, value: view }) !== undefined) this.refused += 1;
    this.#journeys.turn(dayOf(timestamp));
  }

  #begin(firstAt: number): void {
    const asOf = this.#stepAt(firstAt);
    const { partitions, floorVisitors } = this.#settings;
    const settings = { from: 0, asOf, known: { categoriesOf: () => [] } };
    const floor =
      floorVisitors === undefined ? {} : { floorMicro: Math.round(floorVisitors * micro) };
    this.#states = Array.from(
      { length: partitions },
      () => new AggregateState({ ...settings, ...floor }),
    );
    this.#journeys = new JourneyLoop(this.#states);
    this.#asOf = asOf;
  }

  #advance(asOf: number): void {
    this.#asOf = asOf;
    for (const { store } of this.#states) store.advance(asOf);
  }

  #step(asOf: number): EvaluationStep {
    const { alarms } = this.#settings;
    if (!alarms) {
      const boards = this.#boards(asOf);
      return { asOf, items: boards[0] ?? [], boards };
    }
    if (alarms === 'live') return { asOf, items: this.#liveAlarms(), boards: [] };
    const visitors = this.#visitors();
    const items = this.#levels(asOf, visitors);
    if (this.#hours.isDue(asOf)) this.#hours.take(asOf, visitors);
    return { asOf, items, boards: [] };
  }

  #boards(asOf: number): EvaluationStep['boards'] {
    const { window, formulas } = this.#settings;
    for (const [partition, state] of this.#states.entries()) {
      const identity = { partition, epoch: 1, metadataOffset: 0 };
      this.#rank.accept(candidateSetOf(state, levelOf(window), identity), asOf);
    }
    for (const { key, ranking } of this.#rank.changes({ window, all: true, scopes: false }))
      this.#rank.hold(key, ranking && { ...ranking, epoch: 1, seq: 1, scoredAt: asOf });
    return formulas.map(({ ref }) => {
      const board = this.#rank.held(boardKey(ref.id, window, scopeAll));
      return (board?.items ?? []).map(({ token, scoreMicro, flags }) => ({
        token,
        score: scoreMicro / micro,
        flags,
      }));
    });
  }

  /** The level that the flag `pump` goes by, of tokens that are no launch. */
  #liveAlarms(): EvaluationStep['items'] {
    const hour = levelOf('1h');
    const pasts = this.#states.map(({ store }) => store.site(hour).hours);
    const siteHours = Math.max(...pasts) + lagHoursOf(hour);
    const items = this.#states.flatMap(({ store }) =>
      store.visitorsOf(hour).map(({ token }) => {
        const features = store.featuresOf(hour, token);
        const level = features === undefined ? 0 : levelOnSite(features, siteHours);
        return { token, score: level / micro, flags: [] };
      }),
    );
    return items.sort((a, b) => b.score - a.score || byToken(a.token, b.token));
  }

  /** Effective visitors of the last hour of every token in memory, micro. */
  #visitors(): Map<string, number> {
    const found = new Map<string, number>();
    for (const { store } of this.#states)
      for (const { token, effective } of store.visitorsOf(levelOf('1h')))
        found.set(token, effective);
    return found;
  }

  #levels(asOf: number, visitors: ReadonlyMap<string, number>): EvaluationStep['items'] {
    const items = [...visitors].map(([token, observedMicro]) => {
      const hours = this.#hours.of(token);
      const inputs = { observedMicro, asOf, hours, newestHourEnd: this.#hours.newestEnd };
      return { token, score: alarmLevelMicro(inputs) / micro, flags: [] };
    });
    return items.sort((a, b) => b.score - a.score || byToken(a.token, b.token));
  }

  #stepAt(time: number): number {
    return Math.ceil(time / this.#settings.everyMs) * this.#settings.everyMs;
  }

  /** Keys by token: bounded by starting over. */
  #keyOf(token: string): Uint8Array {
    const known = this.#keys.get(token);
    if (known !== undefined) return known;
    if (this.#keys.size >= 1_000_000) this.#keys.clear();
    const key = Buffer.from(token, 'latin1');
    this.#keys.set(token, key);
    return key;
  }
}
