import {
  addressOf,
  type Board,
  chainOf,
  type FrameItem,
  type TokenMetadata,
} from '@trending/schemas';
import type { BoardHead, MetadataAnswer, TrendingItem } from '@trending/schemas/http/shared';
import type { Static } from 'typebox';

const micro = 1_000_000;

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** A board's version, in the units of answers. */
export function headOf(board: Board): Static<typeof BoardHead> {
  const { id, version, hash } = board.formula;
  return {
    formula: { id, version, hash },
    window: board.window,
    scope: board.scope,
    epoch: board.epoch,
    seq: board.seq,
    asOf: isoOf(board.asOf),
    scoredAt: isoOf(board.scoredAt),
    receivedAt: board.newestReceivedAt === 0 ? null : isoOf(board.newestReceivedAt),
  };
}

/** A place of a board, in the units of answers. */
export function itemOf(item: FrameItem): TrendingItem {
  const { rank, previousRank, token, state, scoreMicro } = item;
  return {
    rank,
    previousRank,
    delta: previousRank === null ? null : previousRank - rank,
    isNew: previousRank === null,
    token,
    chain: chainOf(token),
    address: addressOf(token),
    since: isoOf(item.since),
    state,
    stateSince: isoOf(item.stateSince || item.since),
    burstSince: item.burstSince ? isoOf(item.burstSince) : null,
    score: scoreMicro / micro,
    scoreMicro,
    sigma: sigmaOf(item),
    observed: item.observed / micro,
    expected: item.expected / micro,
    rawViews: item.rawViews,
    previousViews: item.previousViews,
    visitors: item.visitors,
    effectiveVisitors: item.effectiveVisitors / micro,
    integrity: item.integrityMicro / micro,
    contributions: item.contributions.map(({ name, micro: share }) => ({ name, micro: share })),
    flags: [...item.flags],
    metadata: joinedMetadata(item),
    sparkline: [...item.sparkline],
  };
}

/** Of formulas that measure surprise: what it is before anything is taken off. */
export function sigmaOf({ contributions }: FrameItem): number | null {
  const surprise = contributions.find(({ name }) => name === 'surprise');
  return surprise === undefined ? null : surprise.micro / micro;
}

function joinedMetadata(item: FrameItem): Static<typeof MetadataAnswer> | null {
  if (item.name === undefined) return null;
  return {
    name: item.name,
    symbol: item.symbol ?? '',
    logoUri: item.logoUri ?? null,
    categories: [...(item.categories ?? [])],
  };
}

export function metadataOf(known: TokenMetadata | undefined): Static<typeof MetadataAnswer> | null {
  if (known === undefined) return null;
  const { name, symbol, logoUri, categories } = known;
  return { name, symbol, logoUri, categories: [...categories] };
}
