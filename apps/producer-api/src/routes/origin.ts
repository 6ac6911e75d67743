import { type Clock, ProblemError, problemOf } from '@trending/runtime';
import type { FastifyRequest } from 'fastify';
import { networkPrefix } from '../domain/network-prefix.ts';
import type { ViewQuota } from '../domain/view-quota.ts';
import type { Origin } from '../intake.ts';
import { requireScope } from './callers.ts';

const keyForm = /^[\x21-\x7e]{1,255}$/;

/**
 * Who sends, when, and under which Idempotency-Key.
 * @throws ProblemError 403 for a key that may not publish, 400 for a malformed Idempotency-Key.
 */
export function originOf(request: FastifyRequest, clock: Clock): Origin {
  if (request.caller.kind === 'key') requireScope(request, 'publish');
  return {
    caller: request.caller,
    ip: request.ip,
    userAgent: request.headers['user-agent'] ?? '',
    idempotencyKey: idempotencyKey(request),
    receivedAt: clock.now(),
  };
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

/** Anonymous networks pay per view. @throws ProblemError 429 with Retry-After when the quota is used up. */
export function payQuota(quota: ViewQuota, origin: Origin, views: number): void {
  if (origin.caller.kind === 'key') return;
  const waitMs = quota.take(networkPrefix(origin.ip) ?? origin.ip, views, origin.receivedAt);
  if (waitMs === 0) return;
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
  throw new ProblemError(
    problemOf(429, 'rate-limited', `Too many views from this network; try again in ${seconds} s.`),
    { 'retry-after': seconds },
  );
}
