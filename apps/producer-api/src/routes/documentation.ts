import { PublishProblem } from '@trending/schemas/http/publish';

const meanings: Readonly<Record<number, string>> = {
  400: 'The request is malformed',
  401: 'The API key is missing or unknown',
  403: 'The key or the origin may not do this',
  409: 'The event id was used for another view',
  413: 'The body is too large',
  415: 'The body has another type than JSON',
  422: 'Well-formed, but chain, address or time is not right',
  429: 'Too many requests; wait for Retry-After seconds',
  503: 'The brokers cannot take it now; wait for Retry-After seconds and send it again with the same event ids',
};

/** Response schemas of these problem statuses, for the OpenAPI document. */
export function problems(...statuses: readonly number[]): Record<number, object> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: meanings[status] ?? 'Problem',
        content: { 'application/problem+json': { schema: PublishProblem } },
      },
    ]),
  );
}

/** Anonymous or with a key: an empty requirement makes the key optional. */
export const keyOptional = [{}, { apiKey: [] }];
export const keyNeeded = [{ apiKey: [] }];

export const openapi = {
  tags: [
    { name: 'views', description: 'Publish views of token maps' },
    { name: 'tokens', description: 'Names, symbols and categories of tokens' },
  ],
  components: {
    securitySchemes: {
      apiKey: { type: 'http', scheme: 'bearer', description: 'API key of a backend' },
    },
  },
};
