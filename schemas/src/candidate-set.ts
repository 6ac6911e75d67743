/** Additive sums over all local tokens of a scope, candidates or not. */
export interface ScopeTotals {
  readonly scope: string;
  readonly tokens: number;
  readonly views: number;
  readonly effective: number;
}

/** Integer features of one token in one window; `effective` and `freshSum` are micro. */
export interface Candidate {
  readonly token: string;
  readonly categories: readonly string[];
  readonly views: number;
  readonly viewsPrev: number;
  readonly freshSum: number;
  readonly visitors: number;
  readonly networks: number;
  readonly effective: number;
  readonly firstSeenAt: number;
  readonly sparkline: readonly number[];
}

/** All tokens of one partition that may be ranked in one window. Items sorted by token. */
export interface CandidateSet {
  readonly window: string;
  readonly partition: number;
  readonly epoch: number;
  readonly inputOffset: number;
  readonly metadataOffset: number;
  readonly asOf: number;
  readonly lastPane: number;
  readonly newestReceivedAt: number;
  readonly rules: string;
  readonly totals: readonly ScopeTotals[];
  readonly items: readonly Candidate[];
}
