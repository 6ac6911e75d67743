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
 * How many visitors of a token its repeat looks support; Infinity where nobody is doubted. People come back to what they look at; made-up
 * visitors mostly look once each. `usual` is learned from all other tokens of the window. It is a number and not a part of the
 * visitors, so one more visitor never costs anything, in whatever period they came.
 */
export function believedVisitors(
  { views, visitors }: Pick<Candidate, 'views' | 'visitors'>,
  site: { readonly views: number; readonly site?: Pick<SiteHistory, 'visitors'> },
  { tolerance, unproven }: LookRules,
): number {
  const others = (site.site?.visitors ?? 0) - visitors;
  if (others <= 0) return Number.POSITIVE_INFINITY;
  const usual = (site.views - views) / others - 1 - unproven;
  if (usual <= 0) return Number.POSITIVE_INFINITY;
  const looks = Math.max(0, views - visitors) + grantedLooks;
  return looks / (tolerance * usual);
}

/** Part of a token's visitors that its repeat looks support, in (0, 1]. */
export function lookSupport(
  features: Pick<Candidate, 'views' | 'visitors'>,
  site: Parameters<typeof believedVisitors>[1],
  rules: LookRules,
): number {
  const { visitors } = features;
  return visitors <= 0 ? 1 : Math.min(1, believedVisitors(features, site, rules) / visitors);
}
