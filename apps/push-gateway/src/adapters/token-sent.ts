import type { IncomingMessage } from 'node:http';

/** What a WebSocket client offers beside its token, and what is chosen. */
export const subprotocol = 'trending.v1';

const bearerProtocol = 'bearer.';

/** The token of an Authorization header; undefined for other schemes. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^bearer +([^ ]+) *$/i.exec(header ?? '')?.[1];
}

/**
 * The access token of an upgrade request: `Authorization: Bearer` (servers), subprotocol `bearer.<token>` beside `trending.v1`
 * (browsers), or `access_token` in the address (whatever can do neither; proxies write addresses down).
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
  const query = url.indexOf('?');
  if (query < 0) return undefined;
  return new URLSearchParams(url.slice(query)).get('access_token') ?? undefined;
}
