import { PublishProblem } from '@trending/schemas/http/publish';
import { signatureScheme, viewTokenHeader } from '@trending/schemas/http/signing';
import { Type } from 'typebox';

const meanings: Readonly<Record<number, string>> = {
  400: 'The request is malformed',
  401: 'The API key, signature or view token is missing or not accepted',
  403: 'The key, view token or origin may not do this',
  404: 'There is no such call',
  405: 'The path has other methods: see Allow',
  408: 'The request came in too slowly',
  409: 'The event id was used for another view',
  413: 'The body is too large',
  414: 'A part of the path is too long',
  415: 'The body has another type than JSON',
  422: 'Well-formed, but chain, address or time is not right',
  429: 'Too many requests or views; wait for Retry-After seconds',
  431: 'The headers are too large or too many',
  503: 'The brokers cannot take it now; wait for Retry-After seconds and send it again with the same event ids',
};

/** Statuses that every call may answer with, before it is known which call it is. */
const everywhere = [400, 404, 405, 408, 414, 431, 503];

const integerHeader = (description: string) => ({ description, schema: { type: 'integer' } });
const headers: Readonly<Record<number, object>> = {
  401: {
    'www-authenticate': { description: 'What would be accepted', schema: { type: 'string' } },
  },
  405: { allow: { description: 'The methods of the path', schema: { type: 'string' } } },
  429: {
    'retry-after': integerHeader('Seconds to wait'),
    'ratelimit-limit': integerHeader('What is allowed in a window'),
    'ratelimit-remaining': integerHeader('What is left of it'),
    'ratelimit-reset': integerHeader('Seconds until the next window'),
  },
  503: { 'retry-after': integerHeader('Seconds to wait') },
};

/** Response schemas of these problem statuses and of those every call has, for the OpenAPI document. */
export function problems(...statuses: readonly number[]): Record<number, object> {
  const all = [...new Set([...everywhere, ...statuses])].sort((a, b) => a - b);
  return Object.fromEntries(
    all.map((status) => [
      status,
      {
        description: meanings[status] ?? 'Problem',
        ...(headers[status] === undefined ? {} : { headers: headers[status] }),
        content: { 'application/problem+json': { schema: PublishProblem } },
      },
    ]),
  );
}

/** Anonymous, with a view token, or with a key: an empty requirement makes the others optional. */
export const keyOptional = [{}, { viewToken: [] }, { apiKey: [] }, { signature: [] }];
export const keyNeeded = [{ apiKey: [] }, { signature: [] }];

const idempotencyKey = Type.String({
  pattern: '^[!-~]{1,255}$',
  description:
    'Event ids are derived from it, so that the same request always gives the same ones.',
});

/** Headers of the publishing calls. */
export const publishHeaders = Type.Object({ 'idempotency-key': Type.Optional(idempotencyKey) });

export const openapi = {
  tags: [
    { name: 'views', description: 'Publish views of token maps' },
    { name: 'tokens', description: 'Names, symbols and categories of tokens' },
  ],
  components: {
    securitySchemes: {
      apiKey: { type: 'http', scheme: 'bearer', description: 'API key of a backend' },
      signature: {
        type: 'http',
        scheme: signatureScheme,
        description: 'Request signed with the key of a backend: see docs/publishing.md',
      },
      viewToken: {
        type: 'apiKey',
        in: 'header',
        name: viewTokenHeader,
        description: 'View token of a page, from POST /api/v1/view-tokens',
      },
    },
  },
};
