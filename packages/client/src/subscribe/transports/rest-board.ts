import { boardChecksum, type FrameItem, type SnapshotFrame } from '@trending/schemas/frames';
import type { TrendingItem } from '@trending/schemas/http/shared';
import type { TrendingAnswer } from '@trending/schemas/http/trending';
import type { TransportRequest } from '../transport.ts';

/** A REST answer as the snapshot frame it would have been. */
export function snapshotFromRest(answer: TrendingAnswer, request: TransportRequest): SnapshotFrame {
  const { epoch, seq, asOf, scoredAt, receivedAt } = answer.board;
  const items = answer.items.map(frameItemOf);
  return {
    type: 'snapshot',
    board: request.board,
    limit: request.limit,
    epoch,
    seq,
    asOf: Date.parse(asOf),
    receivedAt: receivedAt === null ? 0 : Date.parse(receivedAt),
    scoredAt: Date.parse(scoredAt),
    pushedAt: Date.parse(scoredAt),
    items,
    checksum: boardChecksum(items),
  };
}

/** A REST item in the units of frames: micro integers and epoch ms. */
export function frameItemOf(item: TrendingItem): FrameItem {
  const { metadata } = item;
  return {
    rank: item.rank,
    token: item.token,
    previousRank: item.previousRank,
    scoreMicro: item.scoreMicro,
    observed: microOf(item.observed),
    expected: microOf(item.expected),
    rawViews: item.rawViews,
    previousViews: item.previousViews,
    visitors: item.visitors,
    effectiveVisitors: microOf(item.effectiveVisitors),
    integrityMicro: microOf(item.integrity),
    contributions: item.contributions,
    flags: item.flags,
    since: Date.parse(item.since),
    state: item.state as FrameItem['state'],
    stateSince: Date.parse(item.stateSince),
    burstSince: item.burstSince === null ? 0 : Date.parse(item.burstSince),
    sparkline: item.sparkline,
    ...(metadata === null ? {} : namedBy(metadata)),
  };
}

function microOf(value: number): number {
  return Math.round(value * 1_000_000);
}

function namedBy({ name, symbol, categories, logoUri }: NonNullable<TrendingItem['metadata']>) {
  return { name, symbol, categories, ...(logoUri === null ? {} : { logoUri }) };
}
