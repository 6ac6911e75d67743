import { type Static, Type } from 'typebox';
import { defaultFormula } from '../formulas.ts';
import { BoardHead, FormulaAnswer, IsoTime, TrendingItem } from './shared.ts';

/** GET /api/v1/tokens/trending */
export const TrendingQuery = Type.Object(
  {
    window: Type.Optional(Type.String({ maxLength: 8, default: '1h' })),
    chain: Type.Optional(Type.String({ maxLength: 64 })),
    category: Type.Optional(Type.String({ maxLength: 64 })),
    scope: Type.Optional(
      Type.String({ maxLength: 80, description: 'all, chain:… or category:…, instead of the two' }),
    ),
    formula: Type.Optional(Type.String({ maxLength: 64, default: defaultFormula })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
    cursor: Type.Optional(
      Type.String({ maxLength: 400, description: 'nextCursor of the page before' }),
    ),
  },
  { additionalProperties: false },
);
export type TrendingQuery = Static<typeof TrendingQuery>;

export const TrendingAnswer = Type.Object({
  board: BoardHead,
  totals: Type.Object({
    tokens: Type.Integer(),
    views: Type.Integer(),
    effectiveVisitors: Type.Number(),
  }),
  items: Type.Array(TrendingItem),
  /** Asks for the next places of this very version; null at the end. */
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});
export type TrendingAnswer = Static<typeof TrendingAnswer>;

/** GET /api/v1/boards */
export const BoardsAnswer = Type.Object({
  windows: Type.Array(Type.String()),
  scopes: Type.Array(Type.String()),
  formulas: Type.Array(FormulaAnswer),
  boards: Type.Array(
    Type.Intersect([
      BoardHead,
      Type.Object({ tokens: Type.Integer(), places: Type.Integer(), staleMs: Type.Integer() }),
    ]),
  ),
});
export type BoardsAnswer = Static<typeof BoardsAnswer>;

/** GET /api/v1/trending/history */
export const BoardHistoryQuery = Type.Object(
  {
    window: Type.Optional(Type.String({ maxLength: 8, default: '1h' })),
    chain: Type.Optional(Type.String({ maxLength: 64 })),
    category: Type.Optional(Type.String({ maxLength: 64 })),
    scope: Type.Optional(Type.String({ maxLength: 80 })),
    formula: Type.Optional(Type.String({ maxLength: 64, default: defaultFormula })),
    at: Type.String({ maxLength: 40, description: 'ISO 8601 or epoch milliseconds' }),
  },
  { additionalProperties: false },
);
export type BoardHistoryQuery = Static<typeof BoardHistoryQuery>;

export const BoardHistoryAnswer = Type.Object({
  formula: Type.String(),
  window: Type.String(),
  scope: Type.String(),
  /** The board's own time: the newest one not after `at`. */
  asOf: IsoTime,
  items: Type.Array(
    Type.Object({
      rank: Type.Integer(),
      token: Type.String(),
      chain: Type.String(),
      address: Type.String(),
      name: Type.Union([Type.String(), Type.Null()]),
      symbol: Type.Union([Type.String(), Type.Null()]),
      score: Type.Number(),
      scoreMicro: Type.Integer(),
      rawViews: Type.Integer(),
    }),
  ),
});
export type BoardHistoryAnswer = Static<typeof BoardHistoryAnswer>;
