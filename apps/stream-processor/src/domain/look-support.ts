import type { Candidate } from '@trending/schemas';

export interface LookRules {
  /** Part of the usual returners that is enough. */
  readonly tolerance: number;
  /** Returners for each visitor that prove nothing: where people hardly look twice, nobody is doubted for it. */
  readonly unproven: number;
}

type Counts = Pick<Candidate, 'visitors' | 'returners' | 'horizonVisitors' | 'horizonReturners'>;
type SiteCounts = { readonly site?: Counts };

/**
 * Returners, or other proofs, granted beyond those counted, in the window and its shorter periods: a token without any is not worth nothing. By the root of the period: its
 * chance in a count is, and a whole one in the shortest would stand behind enough made-up visitors to pass there.
 */
const granted: readonly number[] = [1, Math.sqrt(1 / 2), 1 / 2];

export function grantedIn(period: number): number {
  return granted[period] ?? 0;
}

/**
 * How many visitors of a token its returners, those who looked at it again, support: in the window, then in each shorter period; Infinity
 * where nobody is doubted, or they were not counted. People come back to what they look at; made-up visitors mostly look once each. What is usual is learned
 * from all other tokens. However often somebody looks, he is one returner: neither can he stand behind others, nor change what is
 * usual by more. These are numbers and not parts of the visitors, so one more visitor never costs anything, whenever he came.
 */
export function believedVisitors(
  own: Counts,
  { site }: SiteCounts,
  rules: LookRules,
): readonly number[] {
  const visitors = [own.visitors, ...own.horizonVisitors];
  const returners = [own.returners, ...own.horizonReturners];
  const allVisitors = [site?.visitors ?? 0, ...(site?.horizonVisitors ?? [])];
  const allReturners = [site?.returners ?? 0, ...(site?.horizonReturners ?? [])];
  return visitors.map((who, index) => {
    const counted = { all: who, proofs: returners[index] ?? 0 };
    const all = { all: allVisitors[index] ?? 0, proofs: allReturners[index] ?? 0 };
    return counted.proofs < 0
      ? Number.POSITIVE_INFINITY
      : supportedBy(counted, all, { granted: grantedIn(index), rules });
  });
}

/** The same of the window alone, with no returner granted: what stands on those counted. */
export function supportedByLooks(own: Counts, { site }: SiteCounts, rules: LookRules): number {
  if (own.returners < 0) return Number.POSITIVE_INFINITY;
  const counted = { all: own.visitors, proofs: own.returners };
  const all = { all: site?.visitors ?? 0, proofs: site?.returners ?? 0 };
  return supportedBy(counted, all, { granted: 0, rules });
}

/** Visitors, and those of them who did what people do. */
export interface Proven {
  readonly all: number;
  readonly proofs: number;
}

/** How many visitors the proofs support, against what is usual of all the others; Infinity where proofs are too rare to prove anything. */
export function supportedBy(
  own: Proven,
  site: Proven,
  { granted, rules }: { readonly granted: number; readonly rules: LookRules },
): number {
  const others = site.all - own.all;
  const usual = others <= 0 ? 0 : (site.proofs - own.proofs) / others - rules.unproven;
  return usual <= 0 ? Number.POSITIVE_INFINITY : (own.proofs + granted) / (rules.tolerance * usual);
}

/** Part of the window's visitors that is believed, in (0, 1]: of {@link believedVisitors} and the like the first. */
export function supportOf({ visitors }: Pick<Counts, 'visitors'>, believed: readonly number[]) {
  return visitors <= 0 ? 1 : Math.min(1, (believed[0] ?? 0) / visitors);
}
