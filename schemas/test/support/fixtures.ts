import type {
  AvroSchemaName,
  Board,
  CandidateSet,
  Control,
  TokenMetadata,
  TokenView,
  ViewDelta,
} from '../../src/index.ts';

/** The TypeScript type of every Avro record. */
export interface RecordTypes {
  readonly TokenView: TokenView;
  readonly ViewDelta: ViewDelta;
  readonly CandidateSet: CandidateSet;
  readonly Board: Board;
  readonly TokenMetadata: TokenMetadata;
  readonly Control: Control;
}

const at = 1_760_000_000_000;
const token = 'eth:0xdac17f958d2ee523a2206206994597c13d831ec7';

/**
 * One full value of each record: every field set, every array filled, so that nested records are compared too. `satisfies` makes
 * the compiler refuse a field that the type lacks or misses.
 */
export const fixtures = {
  TokenView: {
    eventId: Buffer.alloc(16, 1),
    chain: 'eth',
    token,
    viewer: Buffer.alloc(8, 2),
    network: Buffer.alloc(8, 3),
    viewedAt: at,
    receivedAt: at + 5,
    source: 'web',
    partnerId: 'partner',
    country: 'CH',
    device: 'mobile',
    dwellMs: 1_200,
    weightMicro: 1_000_000,
    flags: 6,
  },
  ViewDelta: {
    kind: 'delta',
    ownerId: 'owner',
    build: 'abc',
    start: 10,
    end: 25,
    part: 0,
    parts: 1,
    streamTime: at,
    logTime: at + 1,
    chain: Buffer.from('hash'),
    rules: '1',
    baseAt: 7,
    recentAt: 5,
    payload: Buffer.from('cells'),
  },
  CandidateSet: {
    window: '1h',
    partition: 3,
    epoch: 12,
    inputOffset: 1_000,
    metadataOffset: 44,
    asOf: at,
    lastPane: at - 60_000,
    newestReceivedAt: at - 3,
    rules: '1',
    totals: [{ scope: 'all', tokens: 9, views: 900, effective: 800_000_000 }],
    site: {
      histH: 90_000_000,
      sameHour: 7_000_000,
      horizons: [500_000_000, 300_000_000],
      cohorts: [{ name: 'eth/old', tokens: 9, histH: 90_000_000 }],
      ratios: [{ sum: 4_500_000, count: 5 }],
      visitors: 900,
    },
    items: [
      {
        token,
        categories: ['stable'],
        views: 300,
        viewsPrev: 120,
        freshSum: 250_000_000,
        visitors: 200,
        networks: 90,
        effective: 190_000_000,
        firstSeenAt: at - 9_000_000,
        sparkline: [1, 2, 3],
        horizons: [100_000_000, 60_000_000],
        histH: 5_000_000,
        histHours: 40,
        phiSum: 12_000_000,
        phiCount: 38,
        sameHour: 90_000,
        cohort: 'eth/old',
        burstMicro: 6_000_000,
        burstStart: at - 600_000,
      },
    ],
  },
  Board: {
    formula: { id: 'classic', version: 1, hash: 'f00d' },
    window: '1h',
    scope: 'chain:eth',
    epoch: 5,
    seq: 17,
    asOf: at,
    scoredAt: at + 20,
    newestReceivedAt: at - 3,
    cut: [{ partition: 3, epoch: 12, inputOffset: 1_000, metadataOffset: 44, asOf: at }],
    controlOffset: 2,
    partial: [4],
    totals: { tokens: 9, views: 900, effective: 800_000_000 },
    items: [
      {
        rank: 1,
        token,
        previousRank: 4,
        scoreMicro: 7_123_456,
        observed: 190_000_000,
        expected: 120_000_000,
        rawViews: 300,
        previousViews: 120,
        visitors: 200,
        networks: 90,
        effectiveVisitors: 190_000_000,
        integrityMicro: 950_000,
        contributions: [{ name: 'views', micro: 7_123_456 }],
        flags: ['one-network'],
        since: at - 900_000,
        state: 'rising',
        sparkline: [1, 2, 3],
        stateSince: at - 300_000,
        verdict: 'peak',
        peakMicro: 8_000_000,
        burstSince: at - 600_000,
      },
    ],
  },
  TokenMetadata: {
    chain: 'eth',
    address: '0xdac17f958d2ee523a2206206994597c13d831ec7',
    name: 'Tether USD',
    symbol: 'USDT',
    categories: ['stable'],
    createdAt: at - 1,
    logoUri: 'https://example.org/usdt.svg',
    updatedAt: at,
  },
  Control: {
    kind: 'formula',
    id: 'classic',
    version: 2,
    parameters: '{"alpha":1}',
    effectiveFrom: at,
    author: 'operator',
    reason: 'tuning',
  },
} as const satisfies { readonly [Name in AvroSchemaName]: RecordTypes[Name] };
