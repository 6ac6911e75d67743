import { type Clock, ProblemError, problemOf } from '@trending/runtime';
import { viewTokenHeader } from '@trending/schemas/http/signing';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ViewTokens } from '../adapters/view-tokens.ts';
import type { KeySource } from '../adapters/watched-keys.ts';
import { anonymous, type Caller, hasScope, type Scope } from '../domain/caller.ts';
import { networkPrefix } from '../domain/network-prefix.ts';
import type { ReplayMemory } from '../domain/replay-memory.ts';
import { isSignature } from '../domain/signed-request.ts';
import { claimsProblem, type ViewClaims } from '../domain/view-claims.ts';
import { challenge, type SignedBody, signerOf, unauthorized } from './signatures.ts';
import { checkedBody } from './signed-body.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler runs. */
    caller: Caller;
    /** What the page's view token says; only of anonymous callers. */
    viewClaims: ViewClaims | undefined;
    /** Why the request is refused, once it has been counted. */
    refusal: ProblemError | undefined;
    /** What the body must be, of a signed request. */
    signedBody: SignedBody | undefined;
  }
}

export interface CallerSettings {
  readonly keys: KeySource;
  readonly replays: ReplayMemory;
  readonly tokens: ViewTokens;
  readonly clock: Clock;
  /** Origins whose pages may act without a key; `*` allows all. */
  readonly allowedOrigins: readonly string[];
}

/**
 * Finds out who calls. A wrong key, signature or token is an error, never an anonymous caller: it would silently lose its rights.
 * Refusals wait until the rate limit has counted the request, so that nobody may guess without limit, and come before the
 * body is parsed.
 */
export function identifyCallers(app: FastifyInstance, settings: CallerSettings): void {
  for (const name of ['caller', 'viewClaims', 'refusal', 'signedBody']) app.decorateRequest(name);
  app.addHook('onRequest', (request, _reply, done) => {
    request.caller = anonymous;
    try {
      identify(request, settings);
    } catch (error) {
      if (!(error instanceof ProblemError)) return done(error as Error);
      request.caller = anonymous;
      request.refusal = error;
    }
    done();
  });
  app.addHook('preParsing', async (request, reply, payload) => {
    if (request.refusal !== undefined) throw request.refusal;
    if (request.signedBody === undefined) return payload;
    return await checkedBody({ request, reply, payload, expected: request.signedBody });
  });
}

function identify(request: FastifyRequest, settings: CallerSettings): void {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    checkOrigin(request, settings.allowedOrigins);
    request.viewClaims = viewClaims(request, settings);
    return;
  }
  if (!isSignature(authorization)) {
    request.caller = bearerOf(authorization, settings.keys);
    return;
  }
  const { caller, body } = signerOf({ authorization, request, ...settings });
  request.caller = caller;
  request.signedBody = body;
}

/** @throws ProblemError 403 for a page of another origin. */
function checkOrigin({ headers: { origin } }: FastifyRequest, allowed: readonly string[]): void {
  if (origin === undefined || isAllowed(origin, allowed)) return;
  throw new ProblemError(
    problemOf(
      403,
      'origin-not-allowed',
      'Pages of this origin may not publish without an API key.',
    ),
  );
}

export function isAllowed(origin: string, allowed: readonly string[]): boolean {
  return allowed.includes('*') || allowed.includes(origin);
}

/** @throws ProblemError 401 for a token that does not hold here and now. */
function viewClaims(request: FastifyRequest, settings: CallerSettings): ViewClaims | undefined {
  const shown = request.headers[viewTokenHeader];
  if (shown === undefined) return undefined;
  const claims = typeof shown === 'string' ? settings.tokens.read(shown) : undefined;
  if (claims === undefined) throw badToken('the view token is not one of ours');
  const problem = claimsProblem(claims, {
    origin: request.headers.origin,
    network: networkPrefix(request.ip) ?? request.ip,
    now: settings.clock.now(),
  });
  if (problem !== undefined) throw badToken(problem);
  const key = settings.keys.ring.byName(claims.key);
  if (key === undefined || !hasScope(key.caller, 'publish'))
    throw badToken('the key that asked for this view token is not in force any more');
  return claims;
}

function badToken(detail: string): ProblemError {
  return new ProblemError(problemOf(401, 'view-token-invalid', detail), challenge);
}

/** @throws ProblemError 401 for anonymous callers, 403 for a key without the scope. */
export function requireScope(request: FastifyRequest, scope: Scope): void {
  if (hasScope(request.caller, scope)) return;
  if (request.caller.kind === 'anonymous')
    throw unauthorized(
      `This call needs an API key with the scope ${scope}: Authorization: Bearer <key>.`,
    );
  throw new ProblemError(
    problemOf(403, 'scope-missing', `The API key ${request.caller.name} lacks the scope ${scope}.`),
  );
}

function bearerOf(authorization: string, keys: KeySource): Caller {
  const [, presented] = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization) ?? [];
  const key = presented === undefined ? undefined : keys.ring.byBearer(presented);
  if (key === undefined)
    throw unauthorized('The Authorization header is not "Bearer <key>" with a known API key.');
  if (!key.isSignedOnly) return key.caller;
  throw new ProblemError(
    problemOf(
      401,
      'signature-needed',
      `The API key ${key.caller.name} signs its requests; its secret is not to be sent. Replace the secret.`,
    ),
    challenge,
  );
}
