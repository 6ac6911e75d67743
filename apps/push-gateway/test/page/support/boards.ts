import { readFileSync } from 'node:fs';
import type { FrameItem } from '@trending/schemas/frames';

interface KnownToken {
  readonly chain: string;
  readonly address: string;
  readonly symbol: string;
  readonly name: string;
  readonly categories: readonly string[];
}

const known: readonly KnownToken[] = JSON.parse(
  readFileSync(new URL('./tokens.json', import.meta.url), 'utf8'),
);

export const tokenKeys: readonly string[] = known.map(
  ({ chain, address }) => `${chain}:${address}`,
);

/** A plausible place on a board, the same for the same index every time. */
export function item(index: number, changes: Partial<FrameItem> = {}): FrameItem {
  const token = known[index % known.length]!;
  const views = Math.round(4_200 / (index + 1) ** 0.7);
  const change = index % 4 === 3 ? -2_150_000 : 6_200_000 - index * 150_000;
  const parts = [
    { name: 'views', micro: Math.round(52_400_000 / (index + 2) ** 0.5) - change },
    { name: 'change', micro: change },
    { name: 'fresh', micro: 5_300_000 - index * 90_000 },
    { name: 'unique', micro: 9_100_000 - index * 210_000 },
  ];
  return {
    rank: index + 1,
    token: `${token.chain}:${token.address}`,
    previousRank: index + 1,
    scoreMicro: parts.reduce((sum, part) => sum + part.micro, 0),
    observed: views * 900_000,
    expected: views * 500_000,
    rawViews: views,
    previousViews: Math.round(views * (0.55 + ((index * 37) % 80) / 100)),
    visitors: Math.round(views * 0.72),
    effectiveVisitors: views * 700_000,
    integrityMicro: index === 4 ? 640_000 : 1_000_000,
    contributions: parts,
    flags: [],
    since: 0,
    state: 'steady',
    sparkline: sparklineOf(index),
    symbol: token.symbol,
    name: token.name,
    categories: token.categories,
    ...changes,
  };
}

function sparklineOf(index: number): number[] {
  return Array.from({ length: 24 }, (_, i) => {
    const wave = Math.sin(i / 2.3 + index * 1.7) * 14 + Math.sin(i * 1.9 + index) * 7;
    return Math.max(0, Math.round(40 + wave + i * (index % 3)));
  });
}

/** The first `count` places. */
export function board(count: number): FrameItem[] {
  return Array.from({ length: count }, (_, index) => item(index));
}

/** The same items in another order, ranks given anew from the top. */
export function reordered(items: readonly FrameItem[]): FrameItem[] {
  return items.map((entry, index) => ({
    ...entry,
    rank: index + 1,
    previousRank: entry.previousRank === null ? null : entry.rank,
  }));
}
