import type { Board, BoardItem } from '@trending/schemas';

export interface BoardWishes {
  readonly formula?: string;
  readonly window?: string;
  readonly scope?: string;
  readonly epoch?: number;
  readonly seq?: number;
  readonly scoredAt?: number;
}

/** A board item; the score says most of it. */
export function item(token: string, rank: number, scoreMicro: number): BoardItem {
  return {
    rank,
    token,
    previousRank: null,
    scoreMicro,
    observed: 3_000_000,
    expected: 2_000_000,
    rawViews: 12,
    previousViews: 6,
    visitors: 4,
    networks: 3,
    effectiveVisitors: 3_000_000,
    integrityMicro: 1_000_000,
    contributions: [{ name: 'views', micro: scoreMicro }],
    flags: [],
    since: 1_700_000_000_000,
    state: 'steady',
    sparkline: [1, 2, 3],
    stateSince: 1_700_000_000_000,
    verdict: 'steady',
    peakMicro: scoreMicro,
    burstSince: 0,
    basis: null,
  };
}

/** A board of tokens in this order, scores falling from the top. */
export function boardOf(tokens: readonly string[], wishes: BoardWishes = {}): Board {
  const scores = tokens.map((token, i) => [token, (tokens.length - i) * 1_000_000] as const);
  return scoredBoard(scores, wishes);
}

/** A board of tokens with these scores, ranked as given. */
export function scoredBoard(
  scores: readonly (readonly [token: string, scoreMicro: number])[],
  wishes: BoardWishes = {},
): Board {
  const { formula = 'trending', window = '1h', scope = 'all', epoch = 0, seq = 1 } = wishes;
  const scoredAt = wishes.scoredAt ?? 1_700_000_000_000 + seq;
  return {
    formula: { id: formula, version: 1, hash: 'f00d' },
    window,
    scope,
    epoch,
    seq,
    asOf: scoredAt - 5,
    scoredAt,
    newestReceivedAt: scoredAt - 20,
    cut: [
      {
        ...{ partition: 0, epoch: 1, inputOffset: seq, metadataOffset: 0 },
        ...{ journeyOffset: 0, asOf: scoredAt - 5 },
      },
    ],
    controlOffset: -1,
    partial: [],
    totals: { tokens: scores.length, views: 12 * scores.length, effective: 3_000_000 },
    items: scores.map(([token, score], i) => item(token, i + 1, score)),
    siteEffective: 18_240_500_000,
  };
}

/** `count` tokens on one chain. */
export function tokens(count: number, chain = 'eth'): string[] {
  return Array.from({ length: count }, (_, i) => `${chain}:0x${String(i + 1).padStart(4, '0')}`);
}
