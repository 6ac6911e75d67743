import { limitClasses } from '@trending/schemas/frames';
import { type TObject, type TProperties, type TSchema, Type } from 'typebox';

/** The frames of schemas/src/frames.ts as JSON Schema, for the AsyncAPI document; a test holds them against what is sent. */

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const time = (description: string) => Type.Integer({ minimum: 0, description });

const BoardRef = Type.Object(
  {
    formula: Type.String({ examples: ['trending'] }),
    window: Type.String({ examples: ['5m', '1h', '6h', '24h'] }),
    scope: Type.String({ description: 'all, chain:<chain> or category:<category>' }),
  },
  closed,
);
const Position = Type.Object({ epoch: count, seq: count }, closed);

const FrameItem = Type.Object(
  {
    rank: Type.Integer({ minimum: 1 }),
    token: Type.String({ description: 'chain:address' }),
    previousRank: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
    scoreMicro: Type.Integer({ description: 'points × 1 000 000' }),
    observed: Type.Integer({ description: 'effective visitors × 1 000 000' }),
    expected: Type.Integer({ description: 'effective visitors × 1 000 000' }),
    rawViews: count,
    previousViews: count,
    visitors: count,
    effectiveVisitors: Type.Integer({ description: '× 1 000 000' }),
    integrityMicro: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
    contributions: Type.Array(Type.Object({ name: Type.String(), micro: Type.Integer() }, closed), {
      description: 'Signed parts; they add up to scoreMicro, exactly',
    }),
    flags: Type.Array(Type.String()),
    since: time('on this board since, epoch ms'),
    state: Type.String({ description: 'new, rising, peak, cooling or steady' }),
    sparkline: Type.Array(count),
    stateSince: Type.Optional(time('in this state since, epoch ms')),
    verdict: Type.Optional(Type.String({ description: 'state by the last look alone' })),
    peakMicro: Type.Optional(Type.Integer()),
    burstSince: Type.Optional(time('surging since, epoch ms; 0 = it is not')),
    name: Type.Optional(Type.String()),
    symbol: Type.Optional(Type.String()),
    logoUri: Type.Optional(Type.String()),
    categories: Type.Optional(Type.Array(Type.String())),
  },
  closed,
);

const head = {
  board: BoardRef,
  epoch: count,
  seq: count,
  asOf: time('the board counts views up to then, epoch ms'),
};
const times = {
  receivedAt: time('of the newest view in it, epoch ms; 0 = none'),
  scoredAt: time('epoch ms'),
  pushedAt: time('epoch ms'),
};
const checksum = Type.Integer({
  minimum: 0,
  description: 'FNV-1a, 32 bit, over rank:token:scoreMicro; of the items in rank order',
});
const limit = Type.Union(limitClasses.map((size) => Type.Literal(size)));
const token = Type.String();

const DeltaOp = Type.Union([
  Type.Object({ op: Type.Literal('enter'), item: FrameItem }, closed),
  Type.Object({ op: Type.Literal('leave'), token }, closed),
  Type.Object({ op: Type.Literal('move'), token, rank: Type.Integer({ minimum: 1 }) }, closed),
  Type.Object({ op: Type.Literal('update'), item: FrameItem }, closed),
]);

function frame<Fields extends TProperties>(type: string, fields: Fields, description: string) {
  return Type.Object({ type: Type.Literal(type), ...fields }, { ...closed, description });
}

/** What the gateway sends. */
export const serverFrameSchemas: Readonly<Record<string, TObject>> = {
  snapshot: frame(
    'snapshot',
    { ...head, ...times, limit, items: Type.Array(FrameItem), checksum },
    'The board as it is; replaces what the client holds',
  ),
  delta: frame(
    'delta',
    { ...head, ...times, prevSeq: count, ops: Type.Array(DeltaOp), checksum },
    'From version prevSeq to seq of the same epoch; apply only to prevSeq, then compare the checksum',
  ),
  heartbeat: frame(
    'heartbeat',
    { ...head, ...times, staleMs: time('age of the newest version, ms') },
    'At least every 10 s: the version the client should hold',
  ),
  error: frame(
    'error',
    { code: Type.String(), message: Type.String(), board: Type.Optional(BoardRef) },
    'Something asked for cannot be had; the connection lives on',
  ),
};

/** What clients send. */
export const clientFrameSchemas: Readonly<Record<string, TSchema>> = {
  subscribe: frame(
    'subscribe',
    {
      board: BoardRef,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
      since: Type.Optional(Position),
    },
    'Show me this board; since continues exactly there, or gives one snapshot',
  ),
  unsubscribe: frame('unsubscribe', { board: BoardRef }, 'No more of this board'),
};
