/**
 * How a backend signs its requests: one `Authorization` header
 *
 * `Trending-HMAC-SHA256 key=shop,time=1741089600,nonce=…,content-sha256=<hex>,signature=<hex>`
 *
 * The signature is the hexadecimal HMAC-SHA256 of {@link signedText} under the signing key, which is the HMAC-SHA256 of
 * {@link signingLabel} under the secret. docs/publishing.md has a worked example.
 */
export const signatureScheme = 'Trending-HMAC-SHA256';

/** What the signing key is derived with: it differs from every other use of the secret. */
export const signingLabel = 'trending request signing v1';

/** How far the signer's clock may be off, either way, s. */
export const clockSkewMaxS = 300;

/** What a signature covers. Every field is free of line feeds. */
export interface SignedParts {
  readonly key: string;
  /** Epoch seconds, as ten digits. */
  readonly time: string;
  /** 16 to 64 of `A-Z a-z 0-9 _ -`, never used twice with a key within the clock skew; a UUID will do. */
  readonly nonce: string;
  /** Upper case. */
  readonly method: string;
  /** Path and query as they stand in the request line. */
  readonly target: string;
  /** Value of the header Idempotency-Key, empty without it: event ids are made from it, so a replay must not change it. */
  readonly idempotencyKey: string;
  /** SHA-256 of the body's bytes, lower-case hexadecimal; of nothing when there is no body. */
  readonly contentSha256: string;
}

/** The text that is signed: eight lines, no line feed at the end. */
export function signedText(parts: SignedParts): string {
  const { key, time, nonce, method, target, idempotencyKey, contentSha256 } = parts;
  const request = [method, target, idempotencyKey, contentSha256];
  return [signatureScheme, key, time, nonce, ...request].join('\n');
}

/** Header with which a page shows the view token that its backend asked for. */
export const viewTokenHeader = 'x-trending-view-token';
