import {
  type Board,
  boardKey,
  type CandidateSet,
  type FeatureSet,
  scopeAll,
  scopeSuspected,
  type Window,
  type WindowName,
  windows,
} from '@trending/schemas';
import { type Placed, type RankFormula, type Ranking, rankingOf } from './board.ts';
import { showsTheSame } from './board-equality.ts';
import { type BoardPartName, type BoardSelection, isSelected } from './board-groups.ts';
import type { MergedSet } from './board-merge.ts';
import { scopesOf, siteTotalsOf } from './board-selection.ts';
import { boardSizeMax } from './board-size.ts';
import { BoardWindow } from './board-window.ts';
import { featureSetOf, featureStepMs } from './feature-set.ts';
import { WindowFacts } from './item-facts.ts';
import { mergedPlaces, WindowPlaces } from './rank-boards.ts';
import { fixedRules, type RuleSource, type Rules } from './rules.ts';
import { RulesInForce } from './rules-in-force.ts';

/** A board to write, or null to delete one whose scope or formula is gone. */
export interface BoardChange {
  readonly key: string;
  readonly ranking: Ranking | null;
}

export interface RankSettings {
  /** The formulas of all times, when nobody rules otherwise. */
  readonly formulas: readonly RankFormula[];
  /** What operators said; without it `formulas` are in force for ever. */
  readonly rules?: RuleSource;
  /** Partition count of the views topic. */
  readonly partitions: number;
  /** Begins the wait for partitions that never sent, ms. */
  readonly startedAt: number;
  /** Boards of another epoch are written again even when unchanged. */
  readonly epoch: number;
  /** Gather what history needs to score boards again: take it with `takeFeatures`. */
  readonly withFeatures?: boolean;
}

/** A window's boards under way: what they are made of. */
interface Making {
  readonly selection: BoardSelection;
  readonly window: Window;
  readonly merged: MergedSet;
  readonly rules: Rules;
  readonly places: WindowPlaces;
  readonly facts: WindowFacts;
}

/** The single owner's memory: newest candidate sets in, changed boards out. What it remembers is the board records. */
export class RankState {
  readonly #settings: RankSettings;
  readonly #rules: RulesInForce;
  readonly #windows: ReadonlyMap<string, BoardWindow>;
  readonly #held: Map<string, Board>;
  readonly #mergedAsOf = new Map<WindowName, number>();
  /** At most one a window. */
  #features = new Map<WindowName, Omit<FeatureSet, 'epoch'>>();
  readonly #featuresAsOf = new Map<WindowName, number>();

  constructor(settings: RankSettings, held: ReadonlyMap<string, Board> = new Map()) {
    this.#settings = settings;
    this.#rules = new RulesInForce(settings.rules ?? fixedRules(settings.formulas), held);
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

  /** Were boards of the window, or of one part of it, made by rules that are no longer in force? Then make them again, though no set came. */
  isOutdated(window: WindowName, part?: BoardPartName): boolean {
    return this.#rules.isOutdated(window, part);
  }

  /** Boards of a window that a reader would see differently from those held; `all` boards first. */
  changes(selection: BoardSelection): BoardChange[] {
    const window = windows.find(({ name }) => name === selection.window);
    const sets = this.#windows.get(selection.window)?.merge();
    if (window === undefined || sets === undefined) return [];
    this.#mergedAsOf.set(window.name, sets.asOf);
    const { asOf, rules } = this.#rules.forBoards(window.name, sets.asOf);
    this.#rules.made(selection, asOf, rules);
    const merged = { ...sets, asOf };
    const served = scopesOf(merged);
    const wanted = served.filter((scope) => isSelected(selection, scope, served.length));
    const places = new WindowPlaces({ merged, window }, rules, wanted);
    const facts = new WindowFacts(siteTotalsOf(merged, window.name));
    const making = { selection, window, merged, rules, places, facts };
    if (selection.all) this.#gatherFeatures(making);
    const made = [
      ...rules.formulas.map((formula) => {
        const boards = wanted.map((scope) =>
          this.#changeOf({ ...making, formula }, scope, places.of(formula, scope)),
        );
        const suspected = selection.all ? this.#suspected(making, formula, boards[0]?.ranking) : [];
        return { formula, boards, suspected };
      }),
      ...rules.interleaves.map((formula) => {
        const boards = wanted.map((scope) =>
          this.#changeOf({ ...making, formula }, scope, places.drafted(formula, scope)),
        );
        return { formula, boards, suspected: [] };
      }),
    ];
    const changes = made.flatMap(({ formula, boards, suspected }) => {
      const gone = selection.scopes ? this.#gone(new Set(served), formula, making) : [];
      return [...boards.filter((change) => this.#differs(change)), ...suspected, ...gone];
    });
    return [...changes, ...this.#withdrawn(making)];
  }

  /** Features of the windows whose first boards of a minute were made since the last call. */
  takeFeatures(): readonly FeatureSet[] {
    const taken = [...this.#features.values()];
    this.#features = new Map();
    return taken.map((set) => ({ ...set, epoch: this.#settings.epoch }));
  }

  /** Remembers a board as written, so that the next one goes on from it. */
  hold(key: string, board: Board | null): void {
    if (board === null) this.#held.delete(key);
    else this.#held.set(key, board);
  }

  held(key: string): Board | undefined {
    return this.#held.get(key);
  }

  /** The operators' boards: what they hold back and what is under suspicion. */
  suspected(): readonly Board[] {
    return [...this.#held.values()].filter(({ scope }) => scope === scopeSuspected);
  }

  /** Restored boards that nothing will renew because their formula is not computed any more. */
  orphans(): BoardChange[] {
    const known = idsOf(this.#rules.newest());
    return [...this.#held]
      .filter(([, board]) => !known.has(board.formula.id))
      .map(([key]) => ({ key, ranking: null }));
  }

  #gatherFeatures({ window, merged, rules, places }: Making): void {
    const { asOf } = merged;
    const last = this.#featuresAsOf.get(window.name) ?? Number.NEGATIVE_INFINITY;
    const isNewMinute = Math.floor(asOf / featureStepMs) > Math.floor(last / featureStepMs);
    if (!this.#settings.withFeatures || !isNewMinute) return;
    this.#featuresAsOf.set(window.name, asOf);
    const placed = new Set(
      rules.formulas
        .flatMap((formula) => [...places.of(formula, scopeAll), ...places.held(formula)])
        .map(({ candidate }) => candidate.token),
    );
    const source = { merged, window: window.name };
    this.#features.set(window.name, featureSetOf(source, rules, placed));
  }

  #changeOf(
    { formula, window, merged, rules, facts }: Making & { readonly formula: Named },
    scope: string,
    best: readonly Placed[],
  ): BoardChange {
    const key = boardKey(formula.ref.id, window.name, scope);
    const source = { formula, window, merged, facts, controlOffset: rules.controlOffset };
    return { key, ranking: rankingOf(source, scope, { best, held: this.#held.get(key) }) };
  }

  /** The operators' board: what they hold, and what the public board shows although it is flagged as suspected. */
  #suspected(
    making: Making,
    formula: RankFormula,
    shown: Ranking | null | undefined,
  ): BoardChange[] {
    const { places } = making;
    const flagged = new Set(
      shown?.items.filter(({ flags }) => flags.includes('suspected')).map(({ token }) => token),
    );
    const isFlagged = ({ candidate }: Placed) => flagged.has(candidate.token);
    const listed = mergedPlaces(
      [places.held(formula), places.of(formula, scopeAll).filter(isFlagged)],
      boardSizeMax.other,
    );
    const change = this.#changeOf({ ...making, formula }, scopeSuspected, listed);
    const isNews = listed.length > 0 || this.#held.has(change.key);
    return isNews && this.#differs(change) ? [change] : [];
  }

  #differs({ key, ranking }: BoardChange): boolean {
    const held = this.#held.get(key);
    if (ranking === null || held === undefined) return true;
    return held.epoch !== this.#settings.epoch || !showsTheSame(ranking, held);
  }

  /** Boards of this window whose formula an operator withdrew. */
  #withdrawn({ window, rules }: Making): BoardChange[] {
    const known = idsOf(rules);
    return [...this.#held]
      .filter(([, board]) => board.window === window.name && !known.has(board.formula.id))
      .map(([key]) => ({ key, ranking: null }));
  }

  /** A scope without views: its board is emptied once; the next owner deletes the empty board. */
  #gone(served: ReadonlySet<string>, formula: Named, making: Making): BoardChange[] {
    const { epoch } = this.#settings;
    return [...this.#held]
      .filter(
        ([, board]) => board.formula.id === formula.ref.id && board.window === making.window.name,
      )
      .filter(([, { scope }]) => !served.has(scope) && scope !== scopeSuspected)
      .filter(([, { scope }]) => isSelected(making.selection, scope, served.size))
      .filter(([, board]) => board.epoch !== epoch || board.items.length > 0)
      .map(([key, board]) =>
        board.epoch === epoch
          ? this.#changeOf({ ...making, formula }, board.scope, [])
          : { key, ranking: null },
      );
  }
}

type Named = Pick<RankFormula, 'ref'> & Partial<RankFormula>;

function idsOf({ formulas, interleaves }: Rules): ReadonlySet<string> {
  return new Set([...formulas, ...interleaves].map(({ ref }) => ref.id));
}
