import type { Candidate, SiteHistory } from '@trending/schemas';

export interface LookRules {
  /** Part of the usual repeat looks that is enough. */
  readonly tolerance: number;
  /** Repeat looks for each visitor that prove nothing: where people hardly look twice, nobody is doubted for it. */
  readonly unproven: number;
}

/** One look more than counted: a token without any is not worth nothing. */
const grantedLooks = 1;

/**
 * Part of a token's visitors that its repeat looks support, in (0, 1]. People come back to what they look at; made-up visitors mostly
 * look once each. `usual` is learned from all other tokens of the window. It bounds how many visitors are believed instead of
 * multiplying the score, so one more visitor never costs anything.
 */
export function lookSupport(
  { views, visitors }: Pick<Candidate, 'views' | 'visitors'>,
  site: { readonly views: number; readonly site?: Pick<SiteHistory, 'visitors'> },
  { tolerance, unproven }: LookRules,
): number {
  const others = (site.site?.visitors ?? 0) - visitors;
  if (others <= 0 || visitors <= 0) return 1;
  const usual = (site.views - views) / others - 1 - unproven;
  const needed = tolerance * usual * visitors;
  const looks = Math.max(0, views - visitors) + grantedLooks;
  return looks < needed ? looks / needed : 1;
}
