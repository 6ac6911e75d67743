import { ProblemError, problemOf } from '@trending/runtime';
import type { BoardRef } from '@trending/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Admission } from '../adapters/access-keeper.ts';
import { bearerOf } from '../adapters/token-sent.ts';
import type { BoardAccess } from '../domain/board-access.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { problem } from './problems.ts';

type AccessParts = Pick<GatewayParts, 'clock' | 'keeper'>;

/**
 * What the caller may see, by its `Authorization: Bearer` or the token given. @throws ProblemError 401 for a token that is not (or no
 * longer) valid: it is never treated as none.
 */
export function accessAsked(
  { headers }: Pick<FastifyRequest, 'headers'>,
  { clock, keeper }: AccessParts,
  token = bearerOf(headers.authorization),
): BoardAccess {
  return admitted(keeper.admit(token, clock.now()));
}

/**
 * What an operator may see who asks for more than everybody is told. @throws ProblemError 401 without a token or with one that is not
 * (or no longer) valid, 403 with one that does not grant it.
 */
export function operatorAsked(
  { headers }: Pick<FastifyRequest, 'headers'>,
  { clock, keeper }: AccessParts,
): BoardAccess {
  const access = admitted(keeper.admitOperator(bearerOf(headers.authorization), clock.now()));
  if (access.showsDetail) return access;
  if (access.hasGrants)
    throw problem(403, 'access-denied', 'The access token does not grant detail:operator.');
  throw challenge(
    'access-required',
    'This detail needs an access token that grants detail:operator: Authorization: Bearer <token>.',
  );
}

function admitted(admission: Admission): BoardAccess {
  if (admission.ok) return admission.access;
  const detail =
    admission.reason === 'token-expired'
      ? 'The access token has expired; get a new one.'
      : 'The access token is not one of ours.';
  throw challenge(admission.reason, detail);
}

/** @throws ProblemError 401 without a token, 403 with one that does not grant this board. */
export function demandAccess(board: BoardRef, access: BoardAccess): void {
  if (access.allows(board)) return;
  if (access.hasGrants)
    throw problem(403, 'access-denied', 'The access token does not grant this board.');
  throw challenge(
    'access-required',
    'This board needs an access token: Authorization: Bearer <token>.',
  );
}

interface CacheRule {
  /** Cache-Control for answers that anybody may have. */
  readonly shared: string;
  readonly access: BoardAccess;
  /** The one board that went into the answer; else all that the caller may see did. */
  readonly board?: BoardRef | undefined;
}

/** Cache headers of an answer: nobody but the caller may keep it when private boards went into it. */
export function cacheAs(reply: FastifyReply, { shared, access, board }: CacheRule): void {
  const isPrivate = board === undefined ? access.hasGrants : access.isPrivate(board);
  reply.header('cache-control', isPrivate ? 'private, no-store' : shared);
  // Only where the same address has different answers: a CDN stores one copy for everybody else.
  if (!access.hasPrivateBoards && !access.showsDetail) return;
  const vary = reply.getHeader('vary');
  reply.header('vary', vary === undefined ? 'authorization' : `${String(vary)}, authorization`);
}

function challenge(code: string, detail: string): ProblemError {
  return new ProblemError(problemOf(401, code, detail), { 'www-authenticate': 'Bearer' });
}
