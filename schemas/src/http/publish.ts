import { type Static, Type } from 'typebox';
import { ProblemAnswer } from './shared.ts';

/** Epoch milliseconds up to the last moment that dates can name; nanoseconds, sent by mistake, are beyond. */
const epochMs = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 });
const closed = { additionalProperties: false } as const;
const optional = Type.Optional;

const fields = {
  chain: optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description:
        'Chain slug, alias or EIP-155 number: `eth`, `bsc`, `sol`, `ton`, `56`, … Unknown slugs are welcome. May be left out when the form of the address belongs to one chain family.',
      examples: ['eth'],
    }),
  ),
  eventId: optional(
    Type.String({
      pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
      description:
        'UUID of this view. Send the same one when you retry and the view is counted once. Made here when absent.',
      examples: ['01932c1e-7a4b-7c3d-9e1f-2a3b4c5d6e7f'],
    }),
  ),
  viewedAt: optional(
    Type.Union([epochMs, Type.String({ maxLength: 40 })], {
      description:
        'Event time, ISO 8601 or epoch milliseconds. Needs a key with the publish scope (24 h back to 1 min ahead; further back with the backfill scope); ignored from anonymous callers.',
      examples: ['2025-01-31T12:00:00.000Z'],
    }),
  ),
  viewer: optional(
    Type.String({
      minLength: 1,
      maxLength: 256,
      description:
        'Your own opaque id of the visitor; hashed at once. Ignored from anonymous callers.',
      examples: ['visitor-8271'],
    }),
  ),
  network: optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      description:
        "The visitor's IP address (cut to /24 or /48) or an opaque network id; hashed at once. Without it, each viewer counts as a network of its own. Ignored from anonymous callers.",
      examples: ['203.0.113.7'],
    }),
  ),
  userAgent: optional(
    Type.String({
      maxLength: 1024,
      description:
        "The visitor's user agent: only looked at for robots, never kept. Ignored from anonymous callers, whose own header is used.",
    }),
  ),
  source: optional(
    Type.String({
      pattern: '^[a-z0-9][a-z0-9_.-]{0,31}$',
      description: 'Where the view came from. `trending_list` counts half.',
      examples: ['web'],
    }),
  ),
  partnerId: optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' })),
  country: optional(
    Type.String({ pattern: '^[A-Za-z]{2}$', description: 'ISO 3166-1 alpha-2', examples: ['DE'] }),
  ),
  device: optional(
    Type.Union([
      Type.Literal('desktop'),
      Type.Literal('mobile'),
      Type.Literal('tablet'),
      Type.Literal('other'),
    ]),
  ),
  dwellMs: optional(
    Type.Integer({
      minimum: 0,
      maximum: 86_400_000,
      description: 'How long the token was looked at, ms; 0 = left at once.',
    }),
  ),
};

const address = Type.String({
  minLength: 1,
  maxLength: 512,
  description: "Token address in any accepted spelling, or `native` for the chain's own coin.",
  examples: ['0x6982508145454ce325ddbe47a25d4ec3d2311933'],
});

export const TokenPath = Type.Object({ address });
export const ViewQuery = Type.Object(
  { chain: fields.chain, eventId: fields.eventId, source: fields.source },
  closed,
);
export const ViewBody = Type.Object(fields, {
  ...closed,
  description: 'All fields are optional; the body may be left out.',
});
export const ViewItem = Type.Object({ address, ...fields }, closed);
export const viewsMax = 1000;
export const ViewsBody = Type.Array(ViewItem, { minItems: 1, maxItems: viewsMax });

/** One view as published; `address` comes from the path of the single call. */
export type ViewRequest = Static<typeof ViewItem>;

export const ViewAnswer = Type.Object({
  eventId: Type.String({ description: 'UUID under which the view is counted' }),
  status: Type.Union(
    [Type.Literal('accepted'), Type.Literal('duplicate'), Type.Literal('filtered')],
    {
      description:
        '`accepted`: the brokers have it · `duplicate`: they had it already · `filtered`: they have it, and it does not count',
    },
  ),
  reason: optional(Type.String({ description: 'Why it is filtered', examples: ['robot'] })),
});
export type ViewAnswer = Static<typeof ViewAnswer>;

export const ViewTokenBody = Type.Object(
  {
    origin: Type.String({
      pattern: '^https?://[A-Za-z0-9.:_\\[\\]-]{1,253}$',
      maxLength: 262,
      description: 'Origin of the page as its browser names it: views must come with it.',
      examples: ['https://shop.example'],
    }),
    address: optional(
      Type.String({
        minLength: 1,
        maxLength: 512,
        description: 'Only views of this token; `chain` as usual. Absent: of any.',
        examples: ['0x6982508145454ce325ddbe47a25d4ec3d2311933'],
      }),
    ),
    chain: fields.chain,
    network: optional(
      Type.String({
        minLength: 1,
        maxLength: 45,
        description: "The visitor's IP address: only views from its /24 or /48.",
        examples: ['203.0.113.7'],
      }),
    ),
    ttlSeconds: optional(Type.Integer({ minimum: 30, maximum: 900, default: 300 })),
  },
  closed,
);
export type ViewTokenBody = Static<typeof ViewTokenBody>;

export const ViewTokenAnswer = Type.Object({
  token: Type.String({ description: 'To be sent as `x-trending-view-token`; opaque' }),
  expiresAt: Type.String({ format: 'date-time' }),
});

/** A problem; `eventId` is the id under which a refused view may be sent again without being counted twice. */
export const PublishProblem = Type.Object(
  { ...ProblemAnswer.properties, eventId: optional(Type.String()) },
  { description: 'RFC 9457 problem; `type` leads to its explanation' },
);

export const ItemRejection = Type.Object({
  index: Type.Integer({
    description:
      'Position in the array, or number of the line, from 0; blank lines are numbered too',
  }),
  problem: PublishProblem,
});
export type ItemRejection = Static<typeof ItemRejection>;

export const ViewsAnswer = Type.Object({
  accepted: Type.Integer(),
  duplicate: Type.Integer(),
  filtered: Type.Integer(),
  rejected: Type.Array(ItemRejection),
});
export type ViewsAnswer = Static<typeof ViewsAnswer>;

const name = Type.String({ minLength: 1, maxLength: 128 });
const symbol = Type.String({ minLength: 1, maxLength: 64 });
const category = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' });
const logoUri = Type.String({ pattern: '^(https://|ipfs://|data:image/)', maxLength: 2048 });
const createdAt = Type.Union([epochMs, Type.String({ maxLength: 40 })], {
  description: 'When the token was created, ISO 8601 or epoch milliseconds',
});

export const TokenMetadataBody = Type.Object(
  {
    chain: fields.chain,
    name,
    symbol,
    categories: optional(Type.Array(category, { maxItems: 16, examples: [['meme']] })),
    createdAt: optional(createdAt),
    logoUri: optional(logoUri),
  },
  closed,
);
export type TokenMetadataBody = Static<typeof TokenMetadataBody>;

/**
 * One token of an import: the fields of a standard token list (chainId, logoURI, tags; others are ignored) or ours
 * (chain, logoUri, categories).
 */
export const ImportItem = Type.Object({
  chain: fields.chain,
  chainId: optional(Type.Integer({ minimum: 1 })),
  address,
  name,
  symbol,
  categories: optional(Type.Array(category, { maxItems: 16 })),
  tags: optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 32 })),
  createdAt: optional(createdAt),
  logoUri: optional(logoUri),
  logoURI: optional(Type.String({ maxLength: 2048 })),
});
export type ImportItem = Static<typeof ImportItem>;

export const importMax = 5000;
const importTokens = Type.Array(ImportItem, { maxItems: importMax });
export const ImportBody = Type.Union([
  Type.Object(
    { name: optional(Type.String()), tokens: importTokens },
    {
      description: 'A token list (https://tokenlists.org): a document with `tokens`',
    },
  ),
  importTokens,
]);

export const MetadataAnswer = Type.Object({
  token: Type.String({ description: 'Canonical `chain:address`' }),
  status: Type.Union([Type.Literal('accepted'), Type.Literal('deleted')]),
});
export const ImportAnswer = Type.Object({
  accepted: Type.Integer(),
  rejected: Type.Array(ItemRejection),
});
export type ImportAnswer = Static<typeof ImportAnswer>;
