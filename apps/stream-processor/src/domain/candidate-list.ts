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

export function candidateListOf(items: readonly Candidate[]): CandidateList {
  const known = lists.get(items);
  if (known !== undefined) return known;
  const list = listOf(items);
  lists.set(items, list);
  return list;
}

function listOf(items: readonly Candidate[]): CandidateList {
  const groups = new Groups();
  const [views, effective] = [new Float64Array(items.length), new Float64Array(items.length)];
  const groupOf = new Uint32Array(items.length);
  for (let i = 0; i < items.length; i += 1) {
    const candidate = items[i] as Candidate;
    views[i] = candidate.views;
    effective[i] = candidate.effective;
    groupOf[i] = groups.of(candidate);
  }
  return { items, views, effective, groupOf, groups: groups.scopes };
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
