/** One wrong place of a request: `body/viewedAt`, `params/address`, `querystring/chain`, `header/authorization`. */
export interface ProblemPlace {
  readonly pointer: string;
  readonly detail: string;
}

/** RFC 9457 problem details. `type` leads to an anchor of docs/errors.md, which the same host serves. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly ProblemPlace[];
  /** Event id under which a refused view may be sent again without being counted twice. */
  readonly eventId?: string;
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Request timeout',
  409: 'Conflict',
  413: 'Content too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  426: 'Upgrade required',
  429: 'Too many requests',
  431: 'Request header fields too large',
  500: 'Internal error',
  503: 'Service unavailable',
};

/** Where each app serves docs/errors.md (errors-page.ts). */
export const errorsPath = '/docs/errors.md';

/** `code` is the anchor in docs/errors.md: lower case words with hyphens. */
export function problemOf(status: number, code: string, detail: string): Problem {
  return { type: `${errorsPath}#${code}`, title: titles[status] ?? 'Error', status, detail };
}

/** Thrown by a route to answer with a problem. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.problem = problem;
    this.statusCode = problem.status;
    this.headers = headers;
  }
}
