/** Names a formula exactly: `hash` is of the canonical JSON of (id, version, parameters). */
export interface FormulaRef {
  readonly id: string;
  readonly version: number;
  readonly hash: string;
}

/** One partition's share of a board's cut. */
export interface CutEntry {
  readonly partition: number;
  readonly epoch: number;
  readonly inputOffset: number;
  readonly metadataOffset: number;
  readonly journeyOffset: number;
  readonly asOf: number;
}

/** One signed part of a score; a token's contributions sum to its `scoreMicro`. */
export interface Contribution {
  readonly name: string;
  readonly micro: number;
}

export interface BoardTotals {
  readonly tokens: number;
  readonly views: number;
  readonly effective: number;
}

export type TokenState = 'new' | 'rising' | 'peak' | 'cooling' | 'steady';

/** What a formula's expectation was made of. */
export interface ScoreBasis {
  /** Over-dispersion of the token's own hours, micro. */
  readonly phiMicro: number;
  /** The token's usual share of the site's visitors, billionths. */
  readonly shareNano: number;
  /** What the time of day, or the hour of the week, raised the expectation by, micro; a million = nothing. */
  readonly hourIndexMicro: number;
  /** Tokens like it, by chain and age. */
  readonly cohort: string;
  /** Weight of visitors that the network cap took away, micro; −1 = not known. */
  readonly capped: number;
}

export interface BoardItem {
  readonly rank: number;
  readonly token: string;
  readonly previousRank: number | null;
  readonly scoreMicro: number;
  readonly observed: number;
  readonly expected: number;
  readonly rawViews: number;
  readonly previousViews: number;
  readonly visitors: number;
  readonly networks: number;
  readonly effectiveVisitors: number;
  readonly integrityMicro: number;
  readonly contributions: readonly Contribution[];
  readonly flags: readonly string[];
  readonly since: number;
  readonly state: TokenState;
  readonly sparkline: readonly number[];
  /** In this state since, ms. */
  readonly stateSince: number;
  /** State by the last look alone; '' in records of older writers. */
  readonly verdict: TokenState | '';
  /** Greatest score since the token was last steady. */
  readonly peakMicro: number;
  /** Surging since, ms; 0 = it is not. */
  readonly burstSince: number;
  /** For explanations only: see `board.avsc`. Null where the formula has no expectation, and in records of older writers. */
  readonly basis: ScoreBasis | null;
}

/** A ranked board, whole, in one record. Times in ms; ranked numbers are micro integers. */
export interface Board {
  readonly formula: FormulaRef;
  readonly window: string;
  readonly scope: string;
  readonly epoch: number;
  readonly seq: number;
  readonly asOf: number;
  readonly scoredAt: number;
  readonly newestReceivedAt: number;
  readonly cut: readonly CutEntry[];
  readonly controlOffset: number;
  readonly partial: readonly number[];
  readonly totals: BoardTotals;
  readonly items: readonly BoardItem[];
  /** Effective visitors of the whole site in the window, micro; −1 in records of older writers. */
  readonly siteEffective: number;
}

/** Key of the record that announces a new ranker; its offset is the epoch of the boards behind it. */
export const boardFenceKey = 'fence';

/** Header of the record that deletes a board: the epoch of the ranker that wrote it, in decimal. */
export const boardEpochHeader = 'epoch';

/** Epoch of the ranker that deleted a board; undefined for a deletion that does not tell, by somebody's hand. Readers obey that one. */
export function deletedInEpoch(
  headers: Readonly<Record<string, Uint8Array | string | undefined>>,
): number | undefined {
  const header = headers[boardEpochHeader];
  if (header === undefined) return undefined;
  const text = typeof header === 'string' ? header : new TextDecoder().decode(header);
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
