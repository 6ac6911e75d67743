import type { Candidate } from '@trending/schemas';
import { grantedIn, type LookRules, type Proven, supportedBy } from './look-support.ts';

/** As {@link LookRules}, of visitors who go on: `tolerance` is the part of the usual ones that is enough, `unproven` proves nothing. */
export type JourneyRules = LookRules;

type Counts = Pick<Candidate, 'visitors' | 'horizonVisitors' | 'came' | 'went' | 'further'>;
type SiteCounts = { readonly site?: Counts };

/**
 * How many visitors of a token those support who soon went on to another one: in the window, then in each shorter period; Infinity where
 * all are believed, or nobody followed them. Newcomers are measured by the other tokens' newcomers, and those who came from another token by
 * the others' of that sort: a viral crowd is new, but it goes on as newcomers do; made-up visitors end where they were sent to, ids that
 * warm up elsewhere too. Of a sort that hardly ever goes on, nobody is doubted. Numbers and not parts of the visitors, so one more visitor
 * never costs anything.
 */
export function believedByJourneys(
  own: Counts,
  { site }: SiteCounts,
  rules: JourneyRules,
): readonly number[] {
  const sorts = sortsOf(own);
  const allSorts = site === undefined ? [] : sortsOf(site);
  return sorts.map((ownSorts, index) => {
    const measure = { granted: grantedIn(index), rules };
    const supported = ownSorts.map((one, sort) =>
      Math.min(one.all, supportedBy(one, allSorts[index]?.[sort] ?? nobody, measure)),
    );
    return supported.some((some, sort) => some < (ownSorts[sort]?.all ?? 0))
      ? supported.reduce((sum, some) => sum + some, 0)
      : Number.POSITIVE_INFINITY;
  });
}

/** How many visitors of the window would be supported, were there as many, by those who went on alone, nobody granted; Infinity as above. */
export function supportedByJourneys(
  own: Counts,
  { site }: SiteCounts,
  rules: JourneyRules,
): number {
  const [sorts = []] = sortsOf(own);
  const [allSorts = []] = site === undefined ? [] : sortsOf(site);
  if (sorts.length === 0) return Number.POSITIVE_INFINITY;
  const measure = { granted: 0, rules };
  return sorts.reduce(
    (sum, one, sort) => sum + supportedBy(one, allSorts[sort] ?? nobody, measure),
    0,
  );
}

const nobody: Proven = { all: 0, proofs: 0 };

/** Newcomers and those who came, of each period, and who of them went on; none where nobody followed them. */
function sortsOf(counts: Counts): readonly (readonly Proven[])[] {
  const visitors = [counts.visitors, ...counts.horizonVisitors];
  return visitors.map((all, index) => {
    const [came, went, further] = [counts.came[index], counts.went[index], counts.further[index]];
    if (came === undefined || went === undefined || further === undefined) return [];
    return [
      { all: all - came, proofs: went },
      { all: came, proofs: further },
    ];
  });
}
