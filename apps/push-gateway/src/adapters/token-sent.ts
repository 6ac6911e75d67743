import type { IncomingMessage } from 'node:http';

/** What a WebSocket client offers beside its token, and what is chosen. */
export const subprotocol = 'trending.v1';

const bearerProtocol = 'bearer.';
/** Followed by base64url of the token's UTF-8: a protocol's name may hold fewer characters than a token. */
const encodedBearerProtocol = 'bearer64.';

/** The token of an Authorization header; undefined for other schemes. */
export function bearerOf(header: string | undefined): string | undefined {
  // Blanks at the end are cut off apart: a pattern that looks for them tries every stretch of blanks in a header of any kind.
  return /^bearer +([^ ].*)$/i.exec(header ?? '')?.[1]?.trimEnd();
}

/**
 * The access token of an upgrade request: `Authorization: Bearer` (servers), subprotocol `bearer.<token>` or
 * `bearer64.<base64url of the token>` beside `trending.v1` (browsers), or `access_token` in the address (whatever can do
 * neither; proxies write addresses down).
 */
export function tokenSent({
  headers,
  url = '',
}: Pick<IncomingMessage, 'headers' | 'url'>): string | undefined {
  const authorized = bearerOf(headers.authorization);
  if (authorized !== undefined) return authorized;
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const bearer = offered.find((name) => name.startsWith(bearerProtocol));
  if (bearer !== undefined) return bearer.slice(bearerProtocol.length);
  const encoded = offered.find((name) => name.startsWith(encodedBearerProtocol));
  if (encoded !== undefined) {
    return Buffer.from(encoded.slice(encodedBearerProtocol.length), 'base64url').toString();
  }
  const query = url.indexOf('?');
  if (query < 0) return undefined;
  return new URLSearchParams(url.slice(query)).get('access_token') ?? undefined;
}
