import { AppError, openToken, sealToken, type TokenSecret } from '@trending/runtime';
import { claimsOf, type ViewClaims } from '../domain/view-claims.ts';

/** Tokens that a page shows with its views. */
export interface ViewTokens {
  /** @throws Error before there is a secret: a file of secrets is read at the start */
  sign(claims: ViewClaims): string;
  /** The claims of a token of ours, expired or not; undefined for anything else. */
  read(token: string): ViewClaims | undefined;
  /** From now on the first signs, and all of them are believed, no others. */
  replaceSecrets(secrets: readonly TokenSecret[]): void;
}

export function createViewTokens(): ViewTokens {
  let secrets: readonly TokenSecret[] = [];
  return {
    sign(claims) {
      const [newest] = secrets;
      if (newest === undefined) throw new Error('view tokens need a secret');
      return sealToken(claims, newest);
    },
    read: (token) => claimsOf(openToken(token, secrets)),
    replaceSecrets(next) {
      secrets = next;
    },
  };
}

const shortest = 32;

/** The secrets of VIEW_TOKEN_SECRETS. @throws AppError CONFIG_INVALID for more than two, or one that is too short. */
export function viewTokenSecrets(listed: readonly string[]): readonly string[] {
  if (listed.length <= 2 && listed.every((secret) => secret.length >= shortest)) return listed;
  const message = `VIEW_TOKEN_SECRETS is one secret or two (the new, the old) of at least ${shortest} characters.`;
  throw new AppError({ code: 'CONFIG_INVALID', message });
}
