import { ProblemError, problemOf } from '@trending/runtime';
import { ProblemAnswer } from '@trending/schemas/http/shared';

const meanings: Readonly<Record<number, string>> = {
  400: 'The request is malformed, or asks for a window or formula that does not exist',
  401: 'This needs an access token, or the token sent is not valid (any more)',
  403: 'The access token does not grant this, or the page is of a foreign origin',
  404: 'No such board or token',
  410: 'The board version of this cursor is gone',
  429: 'Too many requests; wait for Retry-After seconds',
  503: 'Not available now; wait for Retry-After seconds',
};

/** Response schemas of these problem statuses, for the OpenAPI document. */
export function problems(...statuses: readonly number[]): Record<number, object> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: meanings[status] ?? 'Problem',
        content: { 'application/problem+json': { schema: ProblemAnswer } },
      },
    ]),
  );
}

/** `code` is an anchor of docs/errors.md. */
export function problem(status: number, code: string, detail: string): ProblemError {
  return new ProblemError(problemOf(status, code, detail));
}
