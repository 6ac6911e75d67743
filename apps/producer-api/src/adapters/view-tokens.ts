import { AppError, openToken, sealToken, type TokenSecret } from '@trending/runtime';
import { claimsOf, type ViewClaims } from '../domain/view-claims.ts';

/** Tokens that a page shows with its views. */
export interface ViewTokens {
  sign(claims: ViewClaims): string;
  /** The claims of a token of ours, expired or not; undefined for anything else. */
  read(token: string): ViewClaims | undefined;
}

/** @param secrets the first signs, all of them are believed */
export function createViewTokens(secrets: readonly TokenSecret[]): ViewTokens {
  const [newest] = secrets;
  if (newest === undefined) throw new Error('view tokens need a secret');
  return {
    sign: (claims) => sealToken(claims, newest),
    read: (token) => claimsOf(openToken(token, secrets)),
  };
}

const shortest = 32;

/** The secrets of VIEW_TOKEN_SECRETS. @throws AppError CONFIG_INVALID for more than two, or one that is too short. */
export function viewTokenSecrets(listed: readonly string[]): readonly string[] {
  if (listed.length <= 2 && listed.every((secret) => secret.length >= shortest)) return listed;
  const message = `VIEW_TOKEN_SECRETS is one secret or two (the new, the old) of at least ${shortest} characters.`;
  throw new AppError({ code: 'CONFIG_INVALID', message });
}
