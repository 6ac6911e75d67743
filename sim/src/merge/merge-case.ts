import { deepStrictEqual } from 'node:assert';
import { type CandidateSet, type WindowName, windows } from '@trending/schemas';
import type { RankFormula } from '../../../apps/stream-processor/src/domain/board.ts';
import { candidatesOf, mergeSets } from '../../../apps/stream-processor/src/domain/board-merge.ts';
import { scopesOf } from '../../../apps/stream-processor/src/domain/board-selection.ts';
import { WindowPlaces } from '../../../apps/stream-processor/src/domain/rank-boards.ts';
import { fixedRules } from '../../../apps/stream-processor/src/domain/rules.ts';
import { AggregateState } from '../../../apps/stream-processor/src/state/aggregate-state.ts';
import { candidateSetOf } from '../../../apps/stream-processor/src/state/candidate-sets.ts';
import { rankFormulas } from '../../../apps/stream-processor/src/tasks/rank-formulas.ts';
import type { SiteKind } from './crowds.ts';
import { PlainRanking } from './plain-ranking.ts';
import { type SiteToken, siteAsOf, siteOf } from './site.ts';

const identity = { epoch: 1, metadataOffset: 0 };
/** Most partitions of a small site have no views; nobody changes this one. */
const nothingViewed = stateOf([]);
/**
 * Neither bound to the support floor nor an order by views: where a partition ships so many more viewed tokens that it leaves one of
 * these out, the board is that of the tokens shipped.
 */
const boundToShipped: ReadonlySet<string> = new Set(['classic']);

/** How much was compared. */
export interface Compared {
  readonly kind: SiteKind;
  readonly tokens: number;
  /** Tokens that no partition shipped. */
  readonly leftOut: number;
  readonly boards: number;
  readonly places: number;
  /** Boards of the formulas that promise no more than the tokens shipped, where one process would show another one. */
  readonly cutShort: number;
}

/**
 * Counts the site of a seed in partitions, merges and ranks as the service does, and once more in one process that ships every token.
 * @throws AssertionError when a total, a list of scopes or a board differs
 */
export function mergeCase(seed: number): Compared {
  const { kind, level, partitions, tokens } = siteOf(seed);
  const sets = Array.from({ length: partitions }, (_, partition) => {
    const own = tokens.filter((token) => token.partition === partition);
    const state = own.length === 0 ? nothingViewed : stateOf(own);
    return candidateSetOf(state, level, { ...identity, partition });
  });
  const { items, site } = candidateSetOf(stateOf(tokens, 0), level, { ...identity, partition: 0 });
  const plain = new PlainRanking(items, site, level.name);
  const shipped = sets.reduce((sum, set) => sum + set.items.length, 0);
  const sizes = compare(sets.reverse(), plain, level.name);
  return { kind, tokens: items.length, leftOut: items.length - shipped, ...sizes };
}

function compare(sets: readonly CandidateSet[], plain: PlainRanking, name: WindowName) {
  const window = windows.find((one) => one.name === name);
  if (window === undefined) throw new RangeError(`no window is named ${name}`);
  const merged = mergeSets(sets, sets.length);
  deepStrictEqual(new Map([...merged.totals].map(withoutScope)), plain.sums, 'totals');
  const scopes = scopesOf(merged);
  deepStrictEqual(scopes, plain.scopes(), 'scopes');
  const shipped = new Set(candidatesOf(merged).map(({ token }) => token));
  const rules = fixedRules(rankFormulas).at(merged.asOf, 0);
  const made = new WindowPlaces({ merged, window }, rules, scopes);
  let [boards, places, cutShort] = [0, 0, 0];
  for (const formula of rankFormulas)
    for (const scope of scopes) {
      const board = shownOf(made, formula, scope);
      const isBound = boundToShipped.has(formula.ref.id);
      const expected = plain.board(formula, scope, isBound ? shipped : undefined);
      same(board, expected, `${formula.ref.id} ${name} ${scope}`);
      boards += 1;
      places += board.length;
      if (isBound && board.join() !== plain.board(formula, scope).join()) cutShort += 1;
    }
  return { boards, places, cutShort };
}

/** @throws AssertionError naming the board and its first place that differs */
function same(board: readonly string[], expected: readonly string[], what: string): void {
  if (board.join() === expected.join()) return;
  const at = expected.findIndex((place, index) => place !== board[index]);
  const rank = at < 0 ? expected.length : at;
  deepStrictEqual(
    board[rank],
    expected[rank],
    `${what}, rank ${rank + 1}: ${board[rank]} instead of ${expected[rank]}`,
  );
}

function shownOf(places: WindowPlaces, formula: RankFormula, scope: string): string[] {
  return places
    .of(formula, scope)
    .map(({ candidate, scoreMicro }) => `${candidate.token} ${scoreMicro}`);
}

function withoutScope([scope, { tokens, views, effective }]: readonly [
  string,
  { readonly tokens: number; readonly views: number; readonly effective: number },
]): [string, object] {
  return [scope, { tokens, views, effective }];
}

/** `floorMicro` 0: every token is shipped. */
function stateOf(tokens: readonly SiteToken[], floorMicro?: number): AggregateState {
  const categories = new Map(tokens.map((one) => [one.token, one.categories]));
  const state = new AggregateState({
    ...{ from: 0, asOf: siteAsOf },
    known: { categoriesOf: (token) => categories.get(token) ?? [] },
    ...(floorMicro === undefined ? {} : { floorMicro }),
  });
  for (const { views } of tokens) for (const view of views) state.store.add(view);
  return state;
}
