import { type AppError, type Problem, ProblemError, problemOf } from '@trending/runtime';
import type { Rejection, RejectionCode } from '../domain/rejection.ts';

const statuses: Readonly<Partial<Record<RejectionCode, number>>> = {
  validation: 400,
  'malformed-json': 400,
  'event-id-conflict': 409,
  'view-token-mismatch': 403,
};

/** Problem of a refused view or token; `where` is the place of its fields: `body`, `body/3`. */
export function rejectionProblem(rejection: Rejection, where: string): Problem {
  const { code, pointer, detail } = rejection;
  const place = pointer === '' ? where : `${where}/${pointer}`;
  return {
    ...problemOf(statuses[code] ?? 422, code, detail),
    errors: [{ pointer: place, detail }],
  };
}

/** The same for calls with the address in the path; `chain` is where the chain was given. */
export function pathRejectionProblem(rejection: Rejection, chain: 'body' | 'querystring'): Problem {
  if (rejection.pointer === 'address') return rejectionProblem(rejection, 'params');
  return rejectionProblem(rejection, rejection.pointer === 'chain' ? chain : 'body');
}

/** Problem of a view that the brokers did not confirm: it may be sent again under the same id. */
export function unavailableProblem(error: AppError, eventId: string): Problem {
  return { ...problemOf(503, 'unavailable', error.message), eventId };
}

export const retryAfterSeconds = '1';

/** @throws ProblemError 503 with Retry-After. */
export function unavailable(error: AppError, eventId: string): ProblemError {
  return new ProblemError(unavailableProblem(error, eventId), { 'retry-after': retryAfterSeconds });
}

/** For a whole batch; `eventId` is that of its first view. @throws ProblemError 503 with Retry-After. */
export function noneStored(error: AppError, eventId: string): ProblemError {
  const { problem, headers } = unavailable(error, eventId);
  const advice =
    'Send the batch again with the same event ids or Idempotency-Key: what arrived unconfirmed would count twice without.';
  return new ProblemError({ ...problem, detail: `${problem.detail} ${advice}` }, headers);
}
