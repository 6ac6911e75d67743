import { type ConsumedRecord, partitionOf } from '@trending/kafka';
import { inMemorySerde } from '@trending/kafka/testing';
import { type Board, boardKey, type Candidate, topics, type WindowName } from '@trending/schemas';
import type { FoldedView } from '../../src/domain/folded-view.ts';
import { RankState } from '../../src/domain/rank-state.ts';
import { levelOf, type WindowLevel } from '../../src/domain/window-level.ts';
import { AggregateState } from '../../src/state/aggregate-state.ts';
import { BaseReader } from '../../src/state/base-reader.ts';
import { encodeBase } from '../../src/state/base-writer.ts';
import { candidateSetOf } from '../../src/state/candidate-sets.ts';
import type { KnownTokens } from '../../src/state/category-table.ts';
import { rankFormulas } from '../../src/tasks/rank-formulas.ts';
import { aggregate } from '../../src/topology.ts';

/** A view with its record's timestamp, as one log has it. */
export interface LoggedView {
  readonly view: FoldedView;
  readonly timestamp: number;
}

export interface SteppedSettings {
  /** The first windows end here, ms. */
  readonly startsAt: number;
  readonly partitions?: number;
  readonly windows?: readonly WindowName[];
  readonly known?: KnownTokens;
  /** Keep journals, which {@link SteppedTopology.restart} needs. */
  readonly restarts?: boolean;
}

const serde = inMemorySerde<Board>(topics.rankings);

/** Aggregate and rank in large steps: views are folded as they come, boards are made when asked for. No clock, no I/O. */
export class SteppedTopology {
  readonly #settings: Required<SteppedSettings>;
  readonly #keys = new Map<string, Uint8Array>();
  /** Of every board ever written. */
  readonly #boardKeys = new Set<string>();
  #states: AggregateState[];
  #rank: RankState;
  #epoch = 1;

  constructor(given: SteppedSettings) {
    const defaults = { partitions: 1, windows: ['1h'] as const, restarts: false };
    this.#settings = { ...defaults, known: { categoriesOf: () => [] }, ...given };
    const { startsAt, partitions } = this.#settings;
    this.#states = Array.from({ length: partitions }, () => this.#freshState(startsAt));
    if (this.#settings.restarts) for (const state of this.#states) state.turnJournal();
    this.#rank = this.#ranker(new Map());
  }

  fold(views: Iterable<LoggedView>): void {
    for (const { view, timestamp } of views) {
      const key = this.#keyOf(view.token);
      const state = this.#states[partitionOf(key, this.#states.length)] as AggregateState;
      const offset = state.inputOffset;
      const headers = {};
      const record: ConsumedRecord = {
        ...{ topic: '', partition: 0, offset, timestamp, key, value: null, headers },
      };
      aggregate(state, record, { ok: true, value: view });
    }
  }

  /** Lets all windows end at `asOf` and makes the boards that changed. */
  step(asOf: number): void {
    for (const state of this.#states) state.store.advance(asOf);
    for (const window of this.#settings.windows) {
      for (const [partition, state] of this.#states.entries()) {
        const identity = { partition, epoch: this.#epoch, metadataOffset: 0 };
        this.#rank.accept(candidateSetOf(state, levelOf(window), identity), asOf);
      }
      for (const { key, ranking } of this.#rank.changes({ window, all: true, scopes: true })) {
        this.#boardKeys.add(key);
        const seq = (this.#rank.held(key)?.seq ?? 0) + 1;
        this.#rank.hold(key, ranking && { ...ranking, epoch: this.#epoch, seq, scoredAt: asOf });
      }
    }
  }

  /** What is known of a token at `asOf`, in one partition of one. */
  featuresOf(level: WindowLevel, token: string, asOf: number): Candidate {
    const [state] = this.#states;
    state?.store.advance(asOf);
    const features = state?.store.featuresOf(level, token);
    if (features === undefined) throw new Error(`${token} is not in memory`);
    return features;
  }

  board(formula: string, window: WindowName = '1h', scope = 'all'): Board {
    const board = this.find(formula, window, scope);
    if (board === undefined) throw new Error(`no board ${formula} ${window} ${scope}`);
    return board;
  }

  find(formula: string, window: WindowName, scope: string): Board | undefined {
    return this.#rank.held(boardKey(formula, window, scope));
  }

  /**
   * What readers see of every board, by its key, as bytes. Left out are cut and stamps, which name the way and not the result, and
   * totals and what expectations were made of: a board that shows the same keeps those of when it was written. An empty board and none
   * show the same.
   */
  shownBytes(): string[] {
    const shown = this.#held().filter(([, { items }]) => items.length > 0);
    return shown.map(([key, board]) => {
      const totals = { tokens: 0, views: 0, effective: 0 };
      const items = board.items.map((item) => ({ ...item, basis: null }));
      const bare = { ...board, cut: [], totals, epoch: 0, seq: 0, asOf: 0, scoredAt: 0 };
      const bytes = serde.encode({ ...bare, items, siteEffective: 0, newestReceivedAt: 0 });
      return `${key} ${Buffer.from(bytes).toString('hex')}`;
    });
  }

  /** Everybody dies: counts come back from base and journals, boards from their records. */
  restart(): void {
    this.#epoch += 1;
    this.#states = this.#states.map((state) => this.#restored(state));
    this.#rank = this.#ranker(new Map(this.#held()));
  }

  #held(): (readonly [string, Board])[] {
    return [...this.#boardKeys].sort().flatMap((key) => {
      const board = this.#rank.held(key);
      return board === undefined ? [] : [[key, board] as const];
    });
  }

  #restored(state: AggregateState): AggregateState {
    const parts = [...encodeBase(state, 0)];
    const journal = state.turnJournal();
    if (journal === undefined) throw new Error('restarts need journals: set `restarts`');
    const restored = this.#freshState(state.store.asOf);
    const reader = new BaseReader(restored);
    for (const part of parts) reader.add(part);
    const { rows } = journal;
    restored.recollect(journal.payload(), { rows, from: 0, to: rows, logTime: 0 });
    restored.turnJournal();
    return restored;
  }

  #freshState(asOf: number): AggregateState {
    return new AggregateState({ from: 0, asOf, known: this.#settings.known });
  }

  #ranker(held: ReadonlyMap<string, Board>): RankState {
    const { partitions, startsAt } = this.#settings;
    const settings = { formulas: rankFormulas, partitions, startedAt: startsAt };
    return new RankState({ ...settings, epoch: this.#epoch }, held);
  }

  #keyOf(token: string): Uint8Array {
    const known = this.#keys.get(token) ?? Buffer.from(token, 'latin1');
    this.#keys.set(token, known);
    return known;
  }
}
