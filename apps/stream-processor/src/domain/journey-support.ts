import type { Candidate } from '@trending/schemas';
import { grantedIn, type LookRules } from './look-support.ts';

/** As {@link LookRules}, of newcomers that go on: `tolerance` is a part of the usual ones, `unproven` proves nothing. */
export type JourneyRules = LookRules;

type Counts = Pick<Candidate, 'visitors' | 'horizonVisitors' | 'came' | 'went'>;
type SiteCounts = { readonly site?: Counts };

/**
 * How many visitors of a token those support who were seen at another token as well, before or after: in the window, then in each shorter
 * period; Infinity where nobody is doubted, or nobody followed them. What is usual is how many NEWCOMERS of the other tokens went on to another
 * one: a viral crowd is new as well, but it goes on as newcomers do; made-up visitors end where they began. Where newcomers hardly ever go on,
 * nobody is doubted for it. Numbers and not parts of the visitors, so one more visitor never costs anything.
 */
export function believedByJourneys(
  own: Counts,
  { site }: SiteCounts,
  rules: JourneyRules,
): readonly number[] {
  const visitors = [own.visitors, ...own.horizonVisitors];
  const allVisitors = [site?.visitors ?? 0, ...(site?.horizonVisitors ?? [])];
  return visitors.map((who, index) => {
    const [came, went] = [own.came[index], own.went[index]];
    if (came === undefined || went === undefined) return Number.POSITIVE_INFINITY;
    const allNewcomers = (allVisitors[index] ?? 0) - (site?.came[index] ?? 0);
    const newcomers = allNewcomers - (who - came);
    const goneOn = (site?.went[index] ?? 0) - went;
    const usual = newcomers <= 0 ? 0 : goneOn / newcomers - rules.unproven;
    return usual <= 0
      ? Number.POSITIVE_INFINITY
      : (came + went + grantedIn(index)) / (rules.tolerance * usual);
  });
}
