import { createHmac } from 'node:crypto';
import { AppError } from '@trending/runtime';
import { claimsOf, type ViewClaims } from '../domain/view-claims.ts';
import { isSame } from './key-secrets.ts';

/** Tokens that a page shows with its views. Nothing is stored: what a token says is in it, signed. */
export interface ViewTokens {
  sign(claims: ViewClaims): string;
  /** The claims of a token of ours, expired or not; undefined for anything else. */
  read(token: string): ViewClaims | undefined;
}

const longest = 2_048;
const form = /^v1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;

/** @param secrets the first signs, all of them are believed */
export function createViewTokens(secrets: readonly (string | Buffer)[]): ViewTokens {
  const [newest] = secrets;
  if (newest === undefined) throw new Error('view tokens need a secret');
  const macOf = (secret: string | Buffer, payload: string) =>
    createHmac('sha256', secret).update(`v1.${payload}`).digest();
  return {
    sign(claims) {
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return `v1.${payload}.${macOf(newest, payload).toString('base64url')}`;
    },
    read(token) {
      if (token.length > longest) return undefined;
      const [, payload, macText] = form.exec(token) ?? [];
      if (payload === undefined || macText === undefined) return undefined;
      const mac = Buffer.from(macText, 'base64url');
      const matches = secrets.map((secret) => isSame(macOf(secret, payload), mac));
      if (!matches.includes(true)) return undefined;
      return claimsOf(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
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
