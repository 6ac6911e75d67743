import { ProblemError, problemOf } from '@trending/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { KeyLookup } from '../adapters/api-keys.ts';
import { anonymous, type Caller, hasScope, type Scope } from '../domain/caller.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler runs. */
    caller: Caller;
  }
}

export interface CallerSettings {
  readonly keys: KeyLookup;
  /** Origins whose pages may act without a key; `*` allows all. */
  readonly allowedOrigins: readonly string[];
}

const challenge = { 'www-authenticate': 'Bearer realm="trending"' };

/** Finds out who calls. A wrong key is an error, never an anonymous caller: it would silently lose its rights. */
export function identifyCallers(app: FastifyInstance, settings: CallerSettings): void {
  const allowed = new Set(settings.allowedOrigins);
  app.decorateRequest('caller');
  app.addHook('onRequest', (request, _reply, done) => {
    const { authorization, origin } = request.headers;
    request.caller = anonymous;
    if (authorization !== undefined) request.caller = callerOf(authorization, settings.keys);
    else if (origin !== undefined && !allowed.has('*') && !allowed.has(origin)) throw wrongOrigin();
    done();
  });
}

/** @throws ProblemError 401 for anonymous callers, 403 for a key without the scope. */
export function requireScope(request: FastifyRequest, scope: Scope): void {
  if (hasScope(request.caller, scope)) return;
  if (request.caller.kind === 'anonymous')
    throw new ProblemError(
      problemOf(
        401,
        'unauthorized',
        `This call needs an API key with the scope ${scope}: Authorization: Bearer <key>.`,
      ),
      challenge,
    );
  throw new ProblemError(
    problemOf(403, 'scope-missing', `The API key ${request.caller.name} lacks the scope ${scope}.`),
  );
}

function callerOf(authorization: string, keys: KeyLookup): Caller {
  const [, presented] = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization) ?? [];
  const caller = presented === undefined ? undefined : keys(presented);
  if (caller !== undefined) return caller;
  throw new ProblemError(
    problemOf(
      401,
      'unauthorized',
      'The Authorization header is not "Bearer <key>" with a known API key.',
    ),
    challenge,
  );
}

function wrongOrigin(): ProblemError {
  return new ProblemError(
    problemOf(
      403,
      'origin-not-allowed',
      'Pages of this origin may not publish without an API key.',
    ),
  );
}
