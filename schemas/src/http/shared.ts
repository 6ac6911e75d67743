import { type Static, Type } from 'typebox';

/** Times in answers are ISO 8601, UTC, to the millisecond. */
export const IsoTime = Type.String({ format: 'date-time' });

/** RFC 9457. */
export const ProblemAnswer = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    errors: Type.Optional(
      Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() })),
    ),
  },
  { description: 'application/problem+json' },
);

export const FormulaAnswer = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  hash: Type.String(),
});

export const MetadataAnswer = Type.Object({
  name: Type.String(),
  symbol: Type.String(),
  logoUri: Type.Union([Type.String(), Type.Null()]),
  categories: Type.Array(Type.String()),
});

const OptionalInteger = Type.Union([Type.Integer(), Type.Null()]);

/** A place on a board. Scores in points, visitors in visitors, integrity in [0, 1]. */
export const TrendingItem = Type.Object({
  rank: Type.Integer(),
  previousRank: OptionalInteger,
  /** Places gained since `previousRank`; negative = lost, null = was not on the board. */
  delta: OptionalInteger,
  isNew: Type.Boolean(),
  token: Type.String({ description: 'chain:address' }),
  chain: Type.String(),
  address: Type.String(),
  since: IsoTime,
  state: Type.String({ description: 'new | rising | peak | cooling | steady' }),
  stateSince: IsoTime,
  burstSince: Type.Union([IsoTime, Type.Null()], {
    description: 'surging since then; null when it is not',
  }),
  score: Type.Number({ description: 'points' }),
  scoreMicro: Type.Integer({ description: 'points × 1 000 000, exact' }),
  sigma: Type.Union([Type.Number(), Type.Null()], {
    description: 'standard deviations above usual; null for formulas without an expectation',
  }),
  observed: Type.Number({ description: 'effective visitors' }),
  expected: Type.Number({
    description: 'effective visitors expected; views of the previous period for views and classic',
  }),
  rawViews: Type.Integer(),
  previousViews: Type.Integer(),
  visitors: Type.Integer(),
  effectiveVisitors: Type.Number(),
  integrity: Type.Number(),
  contributions: Type.Array(Type.Object({ name: Type.String(), micro: Type.Integer() })),
  flags: Type.Array(Type.String()),
  metadata: Type.Union([MetadataAnswer, Type.Null()]),
  sparkline: Type.Array(Type.Integer()),
});
export type TrendingItem = Static<typeof TrendingItem>;

/** Which version of which board an answer shows. */
export const BoardHead = Type.Object({
  formula: FormulaAnswer,
  window: Type.String(),
  scope: Type.String(),
  epoch: Type.Integer(),
  seq: Type.Integer(),
  asOf: IsoTime,
  scoredAt: IsoTime,
  /** When the newest view in it was received; null when it holds none. */
  receivedAt: Type.Union([IsoTime, Type.Null()]),
});
