import type {
  Candidate,
  ScopeTotals,
  ScoreBasis,
  SiteHistory,
  WindowName,
} from '@trending/schemas';

/** What is counted of one token, as far as a score needs it. */
export type Features = Omit<Candidate, 'token' | 'categories' | 'firstSeenAt' | 'sparkline'>;

/** What is counted of the whole site, as far as a score needs it. */
export interface SiteTotals extends Pick<ScopeTotals, 'tokens' | 'views'> {
  /** Effective visitors of all tokens, micro. */
  readonly effective?: number;
  /** What the past tells; absent = nothing is known of it. */
  readonly site?: SiteHistory;
  readonly window?: WindowName;
}

/** A formula made ready: pure, integers in and out. */
export interface Scorer {
  /** With less of it no token is eligible: a look at its counts, before one at the token. `effective` is micro. */
  least?(site: SiteTotals): { readonly views: number; readonly effective: number };
  /** What a token with so many views can score at most. */
  most?(views: number): number;
  /** May the token stand on a board at all? */
  isEligible(features: Features, site: SiteTotals): boolean;
  /** Signed micro integers named by `partNames`; their sum is the score. */
  parts(features: Features, totals: SiteTotals): readonly number[];
  readonly partNames: readonly string[];
  /** What the formula took as usual, where it does. */
  usual?(features: Features, site: SiteTotals): Usual;
}

/** What is usual for a token, and what that was made of. */
export interface Usual extends Pick<ScoreBasis, 'phiMicro' | 'shareNano' | 'hourIndexMicro'> {
  readonly expectedMicro: number;
  readonly integrityMicro: number;
}
