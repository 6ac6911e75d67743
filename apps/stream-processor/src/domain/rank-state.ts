import {
  type Board,
  boardKey,
  type CandidateSet,
  scopeAll,
  type WindowName,
  windows,
} from '@trending/schemas';
import { type RankFormula, type Ranking, rankingOf } from './board.ts';
import { showsTheSame } from './board-equality.ts';
import { bestByScope, candidateGroups, scopesOf, siteTotalsOf } from './board-selection.ts';
import { BoardWindow } from './board-window.ts';

/** A board to write, or null to delete one whose scope is gone. */
export interface BoardChange {
  readonly key: string;
  readonly ranking: Ranking | null;
}

/** Which boards of a window are asked for. */
export interface BoardSelection {
  readonly window: WindowName;
  /** The board of all tokens. */
  readonly all: boolean;
  /** The boards of chains and categories. */
  readonly scopes: boolean;
}

export interface RankSettings {
  readonly formulas: readonly RankFormula[];
  /** Partition count of the views topic. */
  readonly partitions: number;
  /** Begins the wait for partitions that never sent, ms. */
  readonly startedAt: number;
  /** Boards of another epoch are written again even when unchanged. */
  readonly epoch: number;
}

/** The single owner's memory: newest candidate sets in, changed boards out. What it remembers is the board records. */
export class RankState {
  readonly #settings: RankSettings;
  readonly #windows: ReadonlyMap<string, BoardWindow>;
  readonly #held: Map<string, Board>;
  readonly #mergedAsOf = new Map<WindowName, number>();

  constructor(settings: RankSettings, held: ReadonlyMap<string, Board> = new Map()) {
    this.#settings = settings;
    this.#held = new Map(held);
    const { partitions, startedAt } = settings;
    this.#windows = new Map(
      windows.map(({ name }) => [name, new BoardWindow(partitions, startedAt)]),
    );
  }

  /** Takes a candidate set; false when it is not newer than the one held or belongs to no window or partition. */
  accept(set: CandidateSet, now: number): boolean {
    return this.#windows.get(set.window)?.accept(set, now) ?? false;
  }

  /** From when on a window's boards may be made (see BoardWindow); Infinity without any set. */
  mergeableAt(window: WindowName): number {
    return this.#windows.get(window)?.mergeableAt() ?? Number.POSITIVE_INFINITY;
  }

  /** asOf of the sets merged last, whether or not a board changed by it. */
  mergedAsOf(window: WindowName): number | undefined {
    return this.#mergedAsOf.get(window);
  }

  /** Boards of a window that a reader would see differently from those held; `all` boards first. */
  changes(selection: BoardSelection): BoardChange[] {
    const window = windows.find(({ name }) => name === selection.window);
    const merged = this.#windows.get(selection.window)?.merge();
    if (window === undefined || merged === undefined) return [];
    this.#mergedAsOf.set(window.name, merged.asOf);
    const served = scopesOf(merged);
    const wanted = served.filter((s) => (s === scopeAll ? selection.all : selection.scopes));
    const groups = candidateGroups(merged, wanted);
    return this.#settings.formulas.flatMap((formula) => {
      const source = { formula, window, merged };
      const best = bestByScope(groups, formula.scorer, siteTotalsOf(merged, window.name));
      const changes = wanted.map((scope): BoardChange => {
        const key = boardKey(formula.ref.id, window.name, scope);
        const parts = { best: best.get(scope) ?? [], held: this.#held.get(key) };
        return { key, ranking: rankingOf(source, scope, parts) };
      });
      const gone = selection.scopes ? this.#gone(new Set(served), changes[0]?.ranking) : [];
      return [...changes.filter((change) => this.#differs(change)), ...gone];
    });
  }

  /** Remembers a board as written, so that the next one goes on from it. */
  hold(key: string, board: Board | null): void {
    if (board === null) this.#held.delete(key);
    else this.#held.set(key, board);
  }

  held(key: string): Board | undefined {
    return this.#held.get(key);
  }

  /** Restored boards that nothing will renew because their formula is not computed any more. */
  orphans(): BoardChange[] {
    const known = new Set(this.#settings.formulas.map(({ ref }) => ref.id));
    return [...this.#held]
      .filter(([, board]) => !known.has(board.formula.id))
      .map(([key]) => ({ key, ranking: null }));
  }

  #differs({ key, ranking }: BoardChange): boolean {
    const held = this.#held.get(key);
    if (ranking === null || held === undefined) return true;
    return held.epoch !== this.#settings.epoch || !showsTheSame(ranking, held);
  }

  /** A scope without views: its board is emptied once; the next owner deletes the empty board. */
  #gone(served: ReadonlySet<string>, template: Ranking | null | undefined): BoardChange[] {
    if (template === null || template === undefined) return [];
    const totals = { tokens: 0, views: 0, effective: 0 };
    return [...this.#held]
      .filter(
        ([, { formula, window }]) =>
          formula.id === template.formula.id && window === template.window,
      )
      .filter(([, board]) => !served.has(board.scope))
      .filter(([, board]) => board.epoch !== this.#settings.epoch || board.items.length > 0)
      .map(([key, { scope, epoch }]) => ({
        key,
        ranking: epoch === this.#settings.epoch ? { ...template, scope, totals, items: [] } : null,
      }));
  }
}
