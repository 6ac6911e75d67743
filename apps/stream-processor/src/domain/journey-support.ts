import type { Candidate } from '@trending/schemas';
import { grantedIn, type LookRules } from './look-support.ts';

/** As {@link LookRules}, of visitors who go on: `tolerance` is the part of the usual ones that is enough, `unproven` proves nothing. */
export type JourneyRules = LookRules;

type Counts = Pick<Candidate, 'visitors' | 'horizonVisitors' | 'came' | 'went' | 'further'>;
type SiteCounts = { readonly site?: Counts };

/** Visitors of one sort, and those of them who went on. */
interface Goers {
  readonly all: number;
  readonly on: number;
}

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
    const supported = ownSorts.map((goers, sort) =>
      supportedBy(goers, allSorts[index]?.[sort] ?? nobody, { index, rules }),
    );
    return supported.some((some, sort) => some < (ownSorts[sort]?.all ?? 0))
      ? supported.reduce((sum, some) => sum + some, 0)
      : Number.POSITIVE_INFINITY;
  });
}

const nobody: Goers = { all: 0, on: 0 };

/** Newcomers and those who came, of each period; none where nobody followed them. */
function sortsOf(counts: Counts): readonly (readonly Goers[])[] {
  const visitors = [counts.visitors, ...counts.horizonVisitors];
  return visitors.map((all, index) => {
    const [came, went, further] = [counts.came[index], counts.went[index], counts.further[index]];
    if (came === undefined || went === undefined || further === undefined) return [];
    return [
      { all: all - came, on: went },
      { all: came, on: further },
    ];
  });
}

/** Visitors of one sort who are believed: not more than there are. */
function supportedBy(
  own: Goers,
  all: Goers,
  { index, rules }: { readonly index: number; readonly rules: JourneyRules },
): number {
  const others = all.all - own.all;
  const usual = others <= 0 ? 0 : (all.on - own.on) / others - rules.unproven;
  if (usual <= 0) return own.all;
  return Math.min(own.all, (own.on + grantedIn(index)) / (rules.tolerance * usual));
}
