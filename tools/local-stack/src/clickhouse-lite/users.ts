import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ClickHouseException } from './exceptions.ts';

export interface User {
  readonly name: string;
  readonly password: string;
  /** 0 = everything; 2 = read only, may change settings. */
  readonly readonly: 0 | 2;
}

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** Headers first, then Basic, then URL, as the server takes them; nobody named is `default` without a password. */
export function credentialsOf(headers: IncomingHttpHeaders, url: URLSearchParams): Credentials {
  const name = headers['x-clickhouse-user'];
  const key = headers['x-clickhouse-key'];
  if (name !== undefined || key !== undefined) {
    return { name: String(name ?? 'default'), password: String(key ?? '') };
  }
  const basic = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (basic !== undefined) return basicCredentials(basic);
  return { name: url.get('user') ?? 'default', password: url.get('password') ?? '' };
}

/** @throws ClickHouseException 516; it does not tell which of name and password was wrong. */
export function authenticate(users: readonly User[], given: Credentials): User {
  const user = users.find(({ name }) => name === given.name);
  if (user !== undefined && isSame(user.password, given.password)) return user;
  throw new ClickHouseException(
    516,
    'AUTHENTICATION_FAILED',
    `${given.name}: Authentication failed: password is incorrect, or there is no user with such name.`,
  );
}

function basicCredentials(encoded: string): Credentials {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return { name: text, password: '' };
  return { name: text.slice(0, colon) || 'default', password: text.slice(colon + 1) };
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
