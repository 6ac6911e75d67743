import { signatureScheme, signedText, signingLabel } from '@trending/schemas/http/signing';
import type { SignableRequest } from './attempt.ts';

export interface HmacSignerOptions {
  /** Name of the API key, as `npm run keys -- list` shows it. */
  readonly key: string;
  /** The key's secret. It stays here: only signatures under a key derived from it travel. */
  readonly secret: string;
  /** Epoch ms; default: the machine's clock, which may be 5 minutes off the service's. */
  readonly now?: () => number;
}

/** Web Crypto's CryptoKey, which Node's types do not name. */
type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const encoder = new TextEncoder();

/**
 * Signs requests instead of sending the secret: `createPublisher({ endpoint, sign: hmacSigner({ key, secret }) })`, without `apiKey`.
 * Each signature has a nonce of its own, so every try is signed anew. Web Crypto only; docs/publishing.md describes the scheme.
 * @throws TypeError for an empty name or secret
 */
export function hmacSigner({
  key,
  secret,
  now = Date.now,
}: HmacSignerOptions): (request: SignableRequest) => Promise<{ readonly authorization: string }> {
  if (!key || !secret) throw new TypeError('hmacSigner: key and secret of an API key are needed');
  let signingKey: Promise<Key> | undefined;
  return async ({ method, path, headers, body }) => {
    signingKey ??= signingKeyOf(secret);
    const time = `${Math.floor(now() / 1_000)}`;
    const nonce = crypto.randomUUID();
    const contentSha256 = hex(await crypto.subtle.digest('SHA-256', encoder.encode(body)));
    const idempotencyKey = headers['idempotency-key'] ?? '';
    const parts = { key, time, nonce, method, target: path, idempotencyKey, contentSha256 };
    const signature = hex(await hmac(await signingKey, signedText(parts)));
    return {
      authorization: `${signatureScheme} key=${key},time=${time},nonce=${nonce},content-sha256=${contentSha256},signature=${signature}`,
    };
  };
}

async function signingKeyOf(secret: string): Promise<Key> {
  return keyOf(await hmac(await keyOf(encoder.encode(secret)), signingLabel));
}

function keyOf(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<Key> {
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

function hmac(key: Key, text: string): Promise<ArrayBuffer> {
  return crypto.subtle.sign('HMAC', key, encoder.encode(text));
}

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
