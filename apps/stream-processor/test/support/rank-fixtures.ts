import {
  type Board,
  type Candidate,
  type CandidateSet,
  categoryScope,
  chainOf,
  chainScope,
  type ScopeTotals,
  scopeAll,
} from '@trending/schemas';
import fc from 'fast-check';
import type { Ranking } from '../../src/domain/board.ts';
import { noHistory } from '../../src/domain/site-history.ts';
import { rankFormulas } from '../../src/tasks/rank-formulas.ts';

/** A token of the whole site, and the partition it lives on. */
export interface SiteToken {
  readonly partition: number;
  readonly candidate: Candidate;
}

const chains = ['eth', 'sol', 'ton'];
const categories = ['meme', 'defi'];

export function candidateOf(token: string, given: Partial<Candidate> = {}): Candidate {
  const views = given.views ?? 20;
  return {
    token,
    categories: [],
    views,
    viewsPrev: 0,
    freshSum: views * 500_000,
    visitors: views,
    networks: views,
    returners: -1,
    effective: views * 1_000_000,
    capped: -1,
    firstSeenAt: 0,
    sparkline: new Array<number>(12).fill(0),
    horizons: [],
    horizonVisitors: [],
    horizonReturners: [],
    came: [],
    went: [],
    further: [],
    histH: 0,
    histHours: 0,
    histMinutes: 0,
    phiSum: 0,
    phiCount: 0,
    sameHour: 0,
    cohort: '',
    weekIndexMicro: [],
    burstMicro: 0,
    burstStart: 0,
    alarmMicro: 0,
    alarmFilled: [],
    sources: [],
    countries: [],
    ...given,
  };
}

export function setOf(given: Partial<CandidateSet> = {}): CandidateSet {
  const items = given.items ?? [];
  return {
    window: '1h',
    partition: 0,
    epoch: 1,
    inputOffset: 100,
    metadataOffset: 0,
    journeyOffset: 0,
    asOf: 3_600_000,
    lastPane: 3_600_000,
    newestReceivedAt: 3_599_000,
    rules: 'r1',
    totals: totalsOf(items),
    site: noHistory,
    ...given,
    items,
  };
}

/** Additive totals of every scope the tokens are in. */
export function totalsOf(candidates: readonly Candidate[]): ScopeTotals[] {
  const scopes = [...new Set(candidates.flatMap(scopesOfToken))].sort();
  return scopes.map((scope) => {
    const inScope = candidates.filter((c) => scopesOfToken(c).includes(scope));
    const sum = (of: (c: Candidate) => number) => inScope.reduce((total, c) => total + of(c), 0);
    return {
      scope,
      tokens: inScope.length,
      views: sum((c) => c.views),
      effective: sum((c) => c.effective),
    };
  });
}

export function scopesOfToken({ token, categories: of }: Candidate): string[] {
  return [scopeAll, chainScope(chainOf(token)), ...of.map(categoryScope)];
}

/** Sites of up to `max` tokens with many equal numbers, so that ties are common. */
export function sites(max: number, partitions = 4): fc.Arbitrary<SiteToken[]> {
  const token = fc.record({
    partition: fc.nat(partitions - 1),
    chain: fc.constantFrom(...chains),
    address: fc.string({ minLength: 1, maxLength: 3 }),
    categories: fc.subarray(categories),
    views: fc.integer({ min: 1, max: 40 }),
    viewsPrev: fc.integer({ min: 0, max: 40 }),
    capped: fc.integer({ min: 0, max: 3 }),
    fresh: fc.nat(1_000_000),
  });
  return fc
    .uniqueArray(token, { maxLength: max, selector: (t) => `${t.chain}:${t.address}` })
    .map((tokens) =>
      tokens.map((t) => ({
        partition: t.partition,
        candidate: candidateOf(`${t.chain}:${t.address}`, {
          categories: t.categories,
          views: t.views,
          viewsPrev: t.viewsPrev,
          freshSum: t.views * t.fresh,
          effective: Math.max(1, t.views - t.capped) * 1_000_000,
        }),
      })),
    );
}

/** What the aggregate role would ship: one set a partition, items sorted by token. */
export function setsOf(
  site: readonly SiteToken[],
  partitions: number,
  given: Partial<CandidateSet> = {},
): CandidateSet[] {
  return Array.from({ length: partitions }, (_, partition) => {
    const items = site
      .filter((token) => token.partition === partition)
      .map(({ candidate }) => candidate)
      .sort((a, b) => (a.token < b.token ? -1 : 1));
    return setOf({ ...given, partition, items });
  });
}

export function boardOf(ranking: Ranking, given: Partial<Board> = {}): Board {
  return { ...ranking, epoch: 1, seq: 1, scoredAt: ranking.asOf, ...given };
}

export const [viewsRank, classicRank] = rankFormulas as [
  (typeof rankFormulas)[number],
  (typeof rankFormulas)[number],
];
