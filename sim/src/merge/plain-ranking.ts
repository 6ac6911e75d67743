import { type Candidate, type SiteHistory, scopeAll, type WindowName } from '@trending/schemas';
import type { RankFormula } from '../../../apps/stream-processor/src/domain/board.ts';
import { scoreOf } from '../../../apps/stream-processor/src/domain/score.ts';
import type { SiteTotals } from '../../../apps/stream-processor/src/domain/scorer.ts';

const placesOfAll = 100;
const placesOfOthers = 50;
const scopesServed = 64;

interface Sums {
  tokens: number;
  views: number;
  effective: number;
}

/**
 * One process that sees every token at once: sums everything, scores everything, sorts everything, cuts. Of the service's code it
 * takes only what a formula makes of one token.
 */
export class PlainRanking {
  readonly #byScope: ReadonlyMap<string, readonly Candidate[]>;
  readonly sums: ReadonlyMap<string, Readonly<Sums>>;
  readonly #site: SiteTotals;

  constructor(all: readonly Candidate[], site: SiteHistory, window: WindowName) {
    const viewed = all.filter(({ views }) => views > 0);
    const byScope = new Map<string, Candidate[]>([[scopeAll, viewed]]);
    for (const candidate of viewed)
      for (const scope of limitedScopesOf(candidate)) {
        const members = byScope.get(scope) ?? [];
        byScope.set(scope, members);
        members.push(candidate);
      }
    this.#byScope = byScope;
    this.sums = new Map([...byScope].map(([scope, members]) => [scope, sumsOf(members)]));
    this.#site = { ...sumsOf(viewed), site, window };
  }

  /** The most viewed scopes, `all` first, the others by name. */
  scopes(): string[] {
    const others = [...this.sums.keys()].filter((scope) => scope !== scopeAll);
    const viewsOf = (scope: string) => this.sums.get(scope)?.views ?? 0;
    others.sort((a, b) => viewsOf(b) - viewsOf(a) || (a < b ? -1 : 1));
    return [scopeAll, ...others.slice(0, scopesServed).sort()];
  }

  /** Places as `token score`, the first one first; of `known` tokens only, if given. */
  board({ scorer }: RankFormula, scope: string, known?: ReadonlySet<string>): string[] {
    return (this.#byScope.get(scope) ?? [])
      .filter(({ token }) => known?.has(token) ?? true)
      .filter((candidate) => scorer.isEligible(candidate, this.#site))
      .map((candidate) => ({ candidate, score: scoreOf(scorer, candidate, this.#site) }))
      .sort(
        (a, b) =>
          b.score - a.score ||
          b.candidate.effective - a.candidate.effective ||
          (a.candidate.token < b.candidate.token ? -1 : 1),
      )
      .slice(0, scope === scopeAll ? placesOfAll : placesOfOthers)
      .map(({ candidate, score }) => `${candidate.token} ${score}`);
  }
}

function limitedScopesOf({ token, categories }: Candidate): string[] {
  const chain = token.slice(0, token.indexOf(':'));
  return [`chain:${chain}`, ...categories.map((category) => `category:${category}`)];
}

function sumsOf(candidates: readonly Candidate[]): Sums {
  const sums = { tokens: 0, views: 0, effective: 0 };
  for (const { views, effective } of candidates) {
    sums.tokens += 1;
    sums.views += views;
    sums.effective += effective;
  }
  return sums;
}
