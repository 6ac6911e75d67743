import { createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { signingLabel } from '@trending/schemas/http/signing';

/** Begins every secret, so that scanners of repositories and logs can find one that leaked. */
export const secretPrefix = 'trk_';

/** 256 random bits: long enough that a plain hash of it cannot be turned around. */
export function newSecret(): string {
  return secretPrefix + randomBytes(32).toString('base64url');
}

/** What is kept to know a bearer secret again. */
export function bearerDigest(secret: string): Buffer {
  // By way of a text: Node takes much longer to answer with a buffer.
  return Buffer.from(hash('sha256', secret, 'binary'), 'binary');
}

/** What is kept to check signatures. Neither this nor the digest leads to the other, or back to the secret. */
export function signingKeyOf(secret: string): Buffer {
  return createHmac('sha256', secret).update(signingLabel).digest();
}

export function signatureOf(signingKey: Buffer, text: string): Buffer {
  return createHmac('sha256', signingKey).update(text).digest();
}

/** In constant time for texts of equal length, which all of ours have. */
export function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A key of its own for one purpose, from a secret that has others. */
export function subkey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}
