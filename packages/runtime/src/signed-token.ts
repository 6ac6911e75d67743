import { createHmac, timingSafeEqual } from 'node:crypto';

/** A secret of signed tokens. */
export type TokenSecret = string | Buffer;

const longest = 2_048;
const form = /^v1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;

/** `v1.<claims as JSON>.<HMAC-SHA256>`, the last two in base64url. Nothing is stored: what a token says is in it, signed. */
export function sealToken(claims: object, secret: TokenSecret): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `v1.${payload}.${macOf(payload, secret).toString('base64url')}`;
}

/**
 * The JSON value in a token that one of `secrets` has sealed; undefined for any other text. What it says, and until when, is the caller's to judge. Every
 * secret is tried, each in constant time.
 */
export function openToken(token: string, secrets: readonly TokenSecret[]): unknown {
  if (token.length > longest) return undefined;
  const [, payload, macText] = form.exec(token) ?? [];
  if (payload === undefined || macText === undefined) return undefined;
  const mac = Buffer.from(macText, 'base64url');
  const matches = secrets.map((secret) => timingSafeEqual(macOf(payload, secret), mac));
  if (!matches.includes(true)) return undefined;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The version is signed too: a later form of token must not pass as this one. */
function macOf(payload: string, secret: TokenSecret): Buffer {
  return createHmac('sha256', secret).update(`v1.${payload}`).digest();
}
