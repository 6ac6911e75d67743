import { boardKey, type Candidate, scopeAll, type Window } from '@trending/schemas';
import type { Placed, RankFormula } from './board.ts';
import { candidatesOf, type MergedSet } from './board-merge.ts';
import { bestByScope, bestOf, type Field, siteTotalsOf } from './board-selection.ts';
import { boardSizeMax } from './board-size.ts';
import { compareRanked } from './rank-order.ts';
import type { RankInterleave, Rules } from './rules.ts';
import type { SiteTotals } from './scorer.ts';
import { draftSeed, teamDraft } from './team-draft.ts';

/** Flag of a token that operators hold back. */
export const heldFlag = 'held';

type BestByScope = ReadonlyMap<string, readonly Placed[]>;

/** The places of every board of one window at one as-of time, under the rules of that time. Formulas are scored when first asked for. */
export class WindowPlaces {
  readonly #merged: MergedSet;
  readonly #window: Window;
  readonly #site: SiteTotals;
  readonly #field: Field;
  readonly #held: readonly Candidate[];
  readonly #best = new Map<string, BestByScope>();

  constructor(
    { merged, window }: { readonly merged: MergedSet; readonly window: Window },
    rules: Rules,
    scopes: readonly string[],
  ) {
    const { held } = rules;
    this.#merged = merged;
    this.#window = window;
    this.#site = siteTotalsOf(merged, window.name);
    this.#field = { lists: merged.lists, wanted: scopes, held };
    this.#held = held.size === 0 ? [] : candidatesOf(merged).filter(({ token }) => held.has(token));
  }

  /** The best of a scope, without what is held. */
  of(formula: RankFormula, scope: string): readonly Placed[] {
    const known = this.#best.get(formula.ref.hash);
    const best = known ?? bestByScope(this.#field, formula.scorer, this.#site);
    if (known === undefined) this.#best.set(formula.ref.hash, best);
    return best.get(scope) ?? [];
  }

  /** Two boards drafted into one; every place names its team. */
  drafted({ ref, teams }: RankInterleave, scope: string): readonly Placed[] {
    const [one, two] = teams;
    const seed = draftSeed(boardKey(ref.id, this.#window.name, scope), this.#merged.asOf);
    const max = scope === scopeAll ? boardSizeMax.all : boardSizeMax.other;
    return teamDraft([this.of(one, scope), this.of(two, scope)], tokenOf, { max, seed }).map(
      ({ item, team }) => ({ ...item, team: teams[team] }),
    );
  }

  /** The best of what is held by operators. */
  held(formula: RankFormula): readonly Placed[] {
    const limits = { site: this.#site, max: boardSizeMax.other };
    const best = bestOf(this.#held, formula.scorer, limits);
    return best.map((place) => ({ ...place, marks: [heldFlag] }));
  }
}

/** One list of two, in the total order of boards, at most `max` long. */
export function mergedPlaces(
  lists: readonly (readonly Placed[])[],
  max: number,
): readonly Placed[] {
  return lists.flat().sort(compareRanked).slice(0, max);
}

function tokenOf({ candidate }: Placed): string {
  return candidate.token;
}
