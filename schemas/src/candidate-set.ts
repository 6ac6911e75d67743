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
  /** Visitors with views in two 10-second panes of the window or more; −1 in sets of former versions, which did not count them. */
  readonly returners: number;
  readonly effective: number;
  /** Weight of visitors that the network cap took away, micro; −1 in sets of former versions, which did not tell. */
  readonly capped: number;
  /** Start of the first hour with views in memory, or when the token itself began by its metadata if that is earlier; ms. */
  readonly firstSeenAt: number;
  readonly sparkline: readonly number[];
  /** Effective visitors of the shorter periods of the window, longest first, micro. */
  readonly horizons: readonly number[];
  /** Visitors of the same periods, and those of them who came back. */
  readonly horizonVisitors: readonly number[];
  readonly horizonReturners: readonly number[];
  /**
   * Visitors that had been at another token before; those that began at this one and soon went on to another; and those that did both, came and
   * went further: of the window, then of the periods of `horizons`. All empty where nobody followed them.
   */
  readonly came: readonly number[];
  readonly went: readonly number[];
  readonly further: readonly number[];
  /** Weighted sum of the views of completed hours; it moves from hour to hour minute by minute. */
  readonly histH: number;
  /** Completed hours it was made of. */
  readonly histHours: number;
  /** The same as time: the hour that enters and the one that leaves count in part. */
  readonly histMinutes: number;
  /** Over-dispersion of the hours: sum of residuals (micro) and their number. */
  readonly phiSum: number;
  readonly phiCount: number;
  /** Views at this time of day on the day before × minutes. */
  readonly sameHour: number;
  /** Tokens like it, by chain and age. */
  readonly cohort: string;
  /**
   * How much more than its share of the site the token has in these hours of the week, micro: of the window, then of the periods of
   * `horizons`. Empty where nothing is known of its weeks.
   */
  readonly weekIndexMicro: readonly number[];
  /** Standard deviations of its views above its own hours since `burstStart` (ms), micro; both 0 = no burst. */
  readonly burstMicro: number;
  readonly burstStart: number;
  /** Standard deviations of the views of the last hour above its own hours, micro. */
  readonly alarmMicro: number;
  /**
   * The same with the hours before its first one taken as empty, so that there are 12, 24 and 48; none where 12 of its own
   * have views, or nobody looks.
   */
  readonly alarmFilled: readonly number[];
  /**
   * Of the source, and of the country, that more than half of the views of the running hour and the one before share: its bucket, its
   * views, all views, and the latter two of the token's past. Empty where none does.
   */
  readonly sources: readonly number[];
  readonly countries: readonly number[];
}

export interface CohortTotals {
  readonly name: string;
  readonly tokens: number;
  readonly histH: number;
}

/** What the past of all local tokens tells of a window; units as in {@link Candidate}. Additive over partitions but for `hours`. */
export interface SiteHistory {
  readonly histH: number;
  readonly sameHour: number;
  readonly horizons: readonly number[];
  readonly cohorts: readonly CohortTotals[];
  /** By power of two of a token's visitors: sum of networks per visitor (micro), number of tokens. */
  readonly ratios: readonly { readonly sum: number; readonly count: number }[];
  /** Distinct visitors, summed over tokens. */
  readonly visitors: number;
  readonly returners: number;
  readonly horizonVisitors: readonly number[];
  readonly horizonReturners: readonly number[];
  readonly came: readonly number[];
  readonly went: readonly number[];
  readonly further: readonly number[];
  /** Completed hours since the first view known; of several partitions the greatest. */
  readonly hours: number;
  /** Views of the running hour and the one before, by bucket of their source, and of their country. */
  readonly sources: readonly number[];
  readonly countries: readonly number[];
}

/** All tokens of one partition that may be ranked in one window. Items sorted by token. */
export interface CandidateSet {
  readonly window: string;
  readonly partition: number;
  readonly epoch: number;
  readonly inputOffset: number;
  readonly metadataOffset: number;
  /** First offset of the journeys topic that is not applied yet. */
  readonly journeyOffset: number;
  readonly asOf: number;
  readonly lastPane: number;
  readonly newestReceivedAt: number;
  readonly rules: string;
  readonly totals: readonly ScopeTotals[];
  readonly site: SiteHistory;
  readonly items: readonly Candidate[];
}
