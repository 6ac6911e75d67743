import { type Candidate, categoryScope, chainOf, chainScope, scopeAll } from '@trending/schemas';

/**
 * The candidates of a set, and beside them what decides of most that they stand on no board: columns are read without a look at the
 * candidates themselves.
 */
export interface CandidateList {
  readonly items: readonly Candidate[];
  readonly views: Float64Array;
  /** Effective visitors, micro. */
  readonly effective: Float64Array;
  /** Index of the scopes that a candidate stands on. */
  readonly groupOf: Uint32Array;
  readonly groups: readonly (readonly string[])[];
}

/** Lists go with their candidates: a set is ranked several times, for several boards. */
const lists = new WeakMap<readonly Candidate[], CandidateList>();

/** `before`: the candidates of the set that these replace. Who is the same object there needs no look. */
export function candidateListOf(
  items: readonly Candidate[],
  before: readonly Candidate[] = [],
): CandidateList {
  const known = lists.get(items);
  if (known !== undefined) return known;
  const list = listOf(items, lists.get(before));
  lists.set(items, list);
  return list;
}

function listOf(items: readonly Candidate[], before: CandidateList | undefined): CandidateList {
  const groups = new Groups();
  const views = new Float64Array(items.length);
  const effective = new Float64Array(items.length);
  const groupOf = new Uint32Array(items.length);
  const known = new KnownRows(before, groups);
  for (let i = 0; i < items.length; i += 1) {
    const candidate = items[i] as Candidate;
    const row = known.rowOf(candidate);
    views[i] = row < 0 ? candidate.views : known.viewsOf(row);
    effective[i] = row < 0 ? candidate.effective : known.effectiveOf(row);
    groupOf[i] = row < 0 ? groups.of(candidate) : known.groupOf(row);
  }
  return { items, views, effective, groupOf, groups: groups.scopes };
}

/** Goes through the rows of a list beside those of the one that replaces it. */
class KnownRows {
  readonly #before: CandidateList | undefined;
  readonly #groups: Groups;
  /** Groups of the list before as they are numbered now. */
  readonly #renumbered: number[] = [];
  #row = 0;

  constructor(before: CandidateList | undefined, groups: Groups) {
    this.#before = before;
    this.#groups = groups;
  }

  /** Where the same object stood; −1 where it did not, or is not found because the lists are not sorted by token. */
  rowOf(candidate: Candidate): number {
    const items = this.#before?.items ?? [];
    if (items[this.#row] !== candidate)
      while (this.#row < items.length && (items[this.#row] as Candidate).token < candidate.token)
        this.#row += 1;
    if (items[this.#row] !== candidate) return -1;
    this.#row += 1;
    return this.#row - 1;
  }

  viewsOf(row: number): number {
    return this.#before?.views[row] as number;
  }

  effectiveOf(row: number): number {
    return this.#before?.effective[row] as number;
  }

  groupOf(row: number): number {
    const group = this.#before?.groupOf[row] as number;
    this.#renumbered[group] ??= this.#groups.of(this.#before?.items[row] as Candidate);
    return this.#renumbered[group];
  }
}

/** Candidates by their chain and categories: those of one group stand on the same scopes. */
class Groups {
  readonly scopes: (readonly string[])[] = [];
  readonly #byChain = new Map<string, Map<string, number>>();
  /** The chain of the last candidate, with its colon: they come by token, so mostly that of the next one too. */
  #prefix = '';
  #ofChain = new Map<string, number>();

  of({ token, categories }: Candidate): number {
    if (this.#prefix === '' || !token.startsWith(this.#prefix)) this.#turnTo(chainOf(token));
    const key = categories.length === 1 ? (categories[0] as string) : categories.join('\n');
    const known = this.#ofChain.get(key);
    if (known !== undefined) return known;
    const chain = chainScope(chainOf(token));
    const added = this.scopes.push([
      ...new Set([scopeAll, chain, ...categories.map(categoryScope)]),
    ]);
    this.#ofChain.set(key, added - 1);
    return added - 1;
  }

  #turnTo(chain: string): void {
    this.#prefix = `${chain}:`;
    this.#ofChain = this.#byChain.get(chain) ?? new Map<string, number>();
    this.#byChain.set(chain, this.#ofChain);
  }
}
