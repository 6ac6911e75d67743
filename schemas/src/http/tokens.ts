import { type Static, Type } from 'typebox';
import { defaultFormula } from '../formulas.ts';
import { longestTokenKey } from '../token-key.ts';
import { BoardHead, IsoTime, MetadataAnswer, TrendingItem } from './shared.ts';

export const TokenParams = Type.Object({
  address: Type.String({
    minLength: 1,
    maxLength: longestTokenKey,
    description: "A token's address, or chain:address",
  }),
});

const chain = Type.Optional(
  Type.String({ maxLength: 64, description: 'Needed when the address is known on several chains' }),
);

/** GET /api/v1/tokens/{address} */
export const StandingQuery = Type.Object({ chain }, { additionalProperties: false });
export type StandingQuery = Static<typeof StandingQuery>;

export const StandingAnswer = Type.Object({
  token: Type.String(),
  chain: Type.String(),
  address: Type.String(),
  metadata: Type.Union([MetadataAnswer, Type.Null()]),
  /** Boards the token is on, best rank first. */
  standings: Type.Array(
    Type.Object({ board: BoardHead, places: Type.Integer(), item: TrendingItem }),
  ),
});
export type StandingAnswer = Static<typeof StandingAnswer>;

/** GET /api/v1/tokens/{address}/explain */
export const ExplainQuery = Type.Object(
  {
    chain,
    window: Type.Optional(Type.String({ maxLength: 8, default: '1h' })),
    formula: Type.Optional(Type.String({ maxLength: 64, default: defaultFormula })),
    scope: Type.Optional(Type.String({ maxLength: 80, default: 'all' })),
    detail: Type.Optional(
      Type.Literal('operator', {
        description:
          'With networks, for operators: needs an access token that grants detail:operator',
      }),
    ),
  },
  { additionalProperties: false },
);
export type ExplainQuery = Static<typeof ExplainQuery>;

const OptionalNumber = Type.Union([Type.Number(), Type.Null()]);

/** What the expectation follows from. */
const ExplainInputs = Type.Object(
  {
    siteVisitors: Type.Number({ description: 'effective visitors of all tokens in the window' }),
    share: Type.Number({ description: "the token's usual share of the site's visitors, 0 to 1" }),
    cohort: Type.String({
      description: 'tokens like it, by chain and age: a short past is shrunk to their average',
    }),
    hourIndex: Type.Number({
      description:
        'what the time of day, or the hour of the week, raised the expectation by; 1 = nothing',
    }),
  },
  {
    description:
      'expected = share ÷ (1 − share) × (siteVisitors − observed) × hourIndex, or the least that the formula expects',
  },
);

/** Only with detail=operator. */
const OperatorDetail = Type.Object({
  networks: Type.Integer({ description: 'distinct networks of the visitors' }),
  lost: Type.Object(
    {
      networkCap: OptionalNumber,
      quality: OptionalNumber,
    },
    { description: 'lost by its reasons; null in boards of former versions' },
  ),
});

/** As on the board. */
const { sigma, observed, expected } = TrendingItem.properties;

export const ExplainAnswer = Type.Object({
  token: Type.String(),
  board: BoardHead,
  rank: Type.Integer(),
  score: Type.Number(),
  scoreMicro: Type.Integer(),
  sigma,
  observed,
  expected,
  rawViews: Type.Integer(),
  visitors: Type.Integer(),
  effectiveVisitors: Type.Number(),
  integrity: Type.Number(),
  lost: Type.Number({ description: 'visitors that are not counted: visitors − effectiveVisitors' }),
  phi: Type.Union([Type.Number(), Type.Null()], {
    description: "how restless the token's own hours are; null for formulas without an expectation",
  }),
  inputs: Type.Union([ExplainInputs, Type.Null()], {
    description: 'null for formulas without an expectation',
  }),
  /** Sums to scoreMicro, exactly. */
  contributions: Type.Array(
    Type.Object({
      name: Type.String(),
      points: Type.Number(),
      micro: Type.Integer(),
      says: Type.String({ description: 'the counts behind it; empty for parts of later versions' }),
    }),
  ),
  sentence: Type.String(),
  operator: Type.Optional(OperatorDetail),
});
export type ExplainAnswer = Static<typeof ExplainAnswer>;

/** GET /api/v1/tokens/{address}/history */
export const HistoryQuery = Type.Object(
  {
    chain,
    from: Type.Optional(
      Type.String({
        maxLength: 40,
        description: 'ISO 8601 or epoch milliseconds; default: 24 h before `to`',
      }),
    ),
    to: Type.Optional(Type.String({ maxLength: 40, description: 'Default: now' })),
    step: Type.Optional(
      Type.String({
        maxLength: 8,
        default: '1h',
        description: '1m, 1h or 1d; at most 1500 points',
      }),
    ),
    window: Type.Optional(Type.String({ maxLength: 8, default: '1h', description: 'Of bestRank' })),
    formula: Type.Optional(
      Type.String({ maxLength: 64, default: defaultFormula, description: 'Of bestRank' }),
    ),
  },
  { additionalProperties: false },
);
export type HistoryQuery = Static<typeof HistoryQuery>;

export const HistoryAnswer = Type.Object({
  token: Type.String(),
  step: Type.String(),
  from: IsoTime,
  to: IsoTime,
  window: Type.String(),
  formula: Type.String(),
  /** Steps without views and without a rank are left out. */
  points: Type.Array(
    Type.Object({
      at: IsoTime,
      views: Type.Integer(),
      visitors: Type.Integer(),
      bestRank: Type.Union([Type.Integer(), Type.Null()]),
    }),
  ),
});
export type HistoryAnswer = Static<typeof HistoryAnswer>;

/** GET /config.json */
export const PageConfigAnswer = Type.Object({
  /** Base URL of the demo traffic's control server; null when there is no demo. */
  demoUrl: Type.Union([Type.String(), Type.Null()]),
  /** Base URL of the producer-api, as browsers reach it; null when the gateway was not told. */
  publishUrl: Type.Union([Type.String(), Type.Null()]),
  version: Type.String(),
  windows: Type.Array(Type.String()),
  formulas: Type.Array(Type.String()),
  defaultFormula: Type.String(),
  defaultWindow: Type.String(),
});
export type PageConfigAnswer = Static<typeof PageConfigAnswer>;
