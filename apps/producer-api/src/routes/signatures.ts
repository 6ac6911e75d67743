import { randomBytes } from 'node:crypto';
import { type Clock, ProblemError, problemOf } from '@trending/runtime';
import { signatureScheme, signedText } from '@trending/schemas/http/signing';
import type { FastifyRequest } from 'fastify';
import { isSignedBy, type StoredKey } from '../adapters/api-keys.ts';
import type { KeySource } from '../adapters/watched-keys.ts';
import type { KeyCaller } from '../domain/caller.ts';
import type { ReplayMemory } from '../domain/replay-memory.ts';
import { isFresh, type SignatureClaim, signatureClaim } from '../domain/signed-request.ts';

export const challenge = {
  'www-authenticate': `Bearer realm="trending", ${signatureScheme} realm="trending"`,
};

export function unauthorized(detail: string): ProblemError {
  return new ProblemError(problemOf(401, 'unauthorized', detail), challenge);
}

/** What a signature says of the body that is still to come. */
export interface SignedBody {
  readonly sha256: string;
  /** Names the request: what comes twice under it, to another copy of the service or after a restart, is the same. */
  readonly nonce: string;
}

export interface SignatureContext {
  readonly authorization: string;
  readonly request: FastifyRequest;
  readonly keys: KeySource;
  readonly replays: ReplayMemory;
  readonly clock: Clock;
}

export interface Signer {
  readonly caller: KeyCaller;
  readonly body: SignedBody;
}

/**
 * Who signed the request line and headers. The body is not read for it: its digest is signed, and compared when it is here.
 * @throws ProblemError 401, with 429 when a key has more signed requests in the clock skew than can be remembered.
 */
export function signerOf(context: SignatureContext): Signer {
  const { keys, replays, clock } = context;
  const claim = signatureClaim(context.authorization);
  if (typeof claim === 'string') throw invalid(claim);
  const key = keys.ring.byName(claim.key);
  // One answer for an unknown key and a wrong signature: which names exist is nobody's business.
  if (key === undefined || !isSigned(claim, context))
    throw invalid('no secret of this key gives this signature; compare the signed text');
  const now = clock.now();
  if (!isFresh(claim, now))
    throw invalid(`its time is more than 5 minutes away from ours, ${Math.floor(now / 1000)}`);
  const recall = replays.admit(claim.key, claim.nonce, now);
  if (recall === 'replayed') throw invalid('its nonce was used before; make a new one each time');
  if (recall === 'full') throw tooMany(claim.key, replays.waitMs(now));
  return { caller: key.caller, body: { sha256: claim.contentSha256, nonce: claim.nonce } };
}

function isSigned(claim: SignatureClaim, { request, keys }: SignatureContext): boolean {
  const known = keys.ring.byName(claim.key);
  const text = signedText({
    ...claim,
    method: request.method,
    target: request.raw.url ?? '',
    idempotencyKey: String(request.headers['idempotency-key'] ?? ''),
  });
  // An unknown name takes as long as a known one.
  const isRight = isSignedBy(known ?? decoy, text, Buffer.from(claim.signature, 'hex'));
  return isRight && known !== undefined;
}

const decoy: StoredKey = {
  caller: { kind: 'key', name: '', scopes: new Set() },
  isSignedOnly: true,
  secrets: [{ digest: Buffer.alloc(32), signingKey: randomBytes(32) }],
};

export function invalid(why: string): ProblemError {
  const detail = `The signature is not accepted: ${why}.`;
  return new ProblemError(problemOf(401, 'signature-invalid', detail), challenge);
}

function tooMany(name: string, waitMs: number): ProblemError {
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
  const detail = `The key ${name} has sent more signed requests than can be guarded against replay; try again in ${seconds} s, with more views a request.`;
  return new ProblemError(problemOf(429, 'rate-limited', detail), { 'retry-after': seconds });
}
