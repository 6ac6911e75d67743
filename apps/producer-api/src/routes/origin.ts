import { type Clock, ProblemError, problemOf } from '@trending/runtime';
import { viewTokenHeader } from '@trending/schemas/http/signing';
import type { FastifyRequest } from 'fastify';
import type { Origin } from '../intake.ts';
import { requireScope } from './callers.ts';
import { challenge } from './signatures.ts';

const keyForm = /^[\x21-\x7e]{1,255}$/;

export interface OriginSettings {
  readonly clock: Clock;
  /** Anonymous views need a view token. */
  readonly areTokensRequired: boolean;
}

/**
 * Who sends, when, and under which Idempotency-Key.
 * @throws ProblemError 403 for a key that may not publish, 401 for a page without a view token where one is required, 400 for a
 * malformed Idempotency-Key.
 */
export function originOf(request: FastifyRequest, settings: OriginSettings): Origin {
  const { caller, viewClaims } = request;
  if (caller.kind === 'key') requireScope(request, 'publish');
  else if (settings.areTokensRequired && viewClaims === undefined) throw tokenRequired();
  return {
    caller,
    ip: request.ip,
    userAgent: request.headers['user-agent'] ?? '',
    // A signed request that is replayed where its nonce is not remembered gives the same event ids: it counts once.
    idempotencyKey: idempotencyKey(request) ?? nonceKey(request),
    receivedAt: settings.clock.now(),
    onlyToken: viewClaims?.token,
  };
}

function nonceKey({ signedBody }: FastifyRequest): string | undefined {
  // A space is in no Idempotency-Key.
  return signedBody === undefined ? undefined : `nonce ${signedBody.nonce}`;
}

function tokenRequired(): ProblemError {
  const detail = `Pages publish with a view token here: send ${viewTokenHeader}, which their backend gets from POST /api/v1/view-tokens.`;
  return new ProblemError(problemOf(401, 'view-token-required', detail), challenge);
}

function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && keyForm.test(key)) return key;
  const detail = 'Idempotency-Key is 1 to 255 printable ASCII characters without spaces.';
  throw new ProblemError({
    ...problemOf(400, 'validation', detail),
    errors: [{ pointer: 'header/idempotency-key', detail }],
  });
}
