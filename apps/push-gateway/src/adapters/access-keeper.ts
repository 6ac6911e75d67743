import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError, openToken, sealToken } from '@trending/runtime';
import { BoardAccess, type BoardPattern, boardPattern } from '../domain/board-access.ts';

export interface AccessSettings {
  /** Patterns of the boards that need a token. */
  readonly privateBoards: readonly string[];
  /** `name:pattern+pattern:sha256hex` each: tokens that last until they are taken out. */
  readonly accessKeys: readonly string[];
  /** HMAC secrets of signed tokens; the first signs, all are accepted, so that they can be changed without a cut. */
  readonly secrets: readonly string[];
}

export type Admission =
  | { readonly ok: true; readonly access: BoardAccess }
  | { readonly ok: false; readonly reason: 'bad-token' | 'token-expired' };

interface StaticKey {
  readonly hash: Buffer;
  readonly grants: readonly BoardPattern[];
}

/** What a signed token says. */
interface Claims {
  readonly boards: readonly string[];
  /** Seconds since 1970. */
  readonly exp: number;
}

const tokenCharactersMax = 2_048;
const patternsMax = 64;
const secretCharactersMin = 32;

/** Turns the token of a reader into what it may see. Without private boards everybody may see everything, token or not. */
export class AccessKeeper {
  readonly #privates: readonly BoardPattern[];
  readonly #keys: readonly StaticKey[];
  readonly #secrets: readonly string[];
  /** What a reader without a token may see. */
  readonly everybody: BoardAccess;

  /** @throws AppError CONFIG_INVALID naming the entry that is wrong. */
  constructor({ privateBoards, accessKeys, secrets }: AccessSettings) {
    this.#privates = privateBoards.map((text) => patternOf(text, 'PRIVATE_BOARDS'));
    this.#keys = accessKeys.map(staticKeyOf);
    if (secrets.some(({ length }) => length < secretCharactersMin)) {
      throw invalid('ACCESS_SECRETS', `a secret has fewer than ${secretCharactersMin} characters`);
    }
    this.#secrets = secrets;
    this.everybody = new BoardAccess(this.#privates);
  }

  /** `now` in ms. A wrong token is never treated as no token. */
  admit(token: string | undefined, now: number): Admission {
    if (token === undefined || this.#privates.length === 0) {
      return { ok: true, access: this.everybody };
    }
    if (token.length > tokenCharactersMax) return { ok: false, reason: 'bad-token' };
    return token.startsWith('v1.') ? this.#admitSigned(token, now) : this.#admitStatic(token);
  }

  #admitStatic(token: string): Admission {
    const hash = createHash('sha256').update(token).digest();
    let found: StaticKey | undefined;
    // All are compared, whichever fits: the time taken says nothing.
    for (const key of this.#keys) if (timingSafeEqual(key.hash, hash)) found = key;
    if (found === undefined) return { ok: false, reason: 'bad-token' };
    return { ok: true, access: new BoardAccess(this.#privates, found.grants) };
  }

  #admitSigned(token: string, now: number): Admission {
    const claims = claimsOf(openToken(token, this.#secrets));
    if (claims === undefined) return { ok: false, reason: 'bad-token' };
    const expiresAt = claims.exp * 1_000;
    if (expiresAt <= now) return { ok: false, reason: 'token-expired' };
    const grants = claims.boards.map(boardPattern).filter((pattern) => pattern !== undefined);
    return { ok: true, access: new BoardAccess(this.#privates, grants, expiresAt) };
  }
}

/** `expiresAt` in ms, kept in whole seconds. */
export function signAccessToken(
  { boards, expiresAt }: { readonly boards: readonly string[]; readonly expiresAt: number },
  secret: string,
): string {
  for (const board of boards) patternOf(board, 'boards');
  const claims: Claims = { boards, exp: Math.floor(expiresAt / 1_000) };
  return sealToken(claims, secret);
}

function claimsOf(value: unknown): Claims | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { boards, exp } = value as Partial<Record<keyof Claims, unknown>>;
  const isRight =
    Array.isArray(boards) &&
    boards.length <= patternsMax &&
    boards.every((board) => typeof board === 'string') &&
    Number.isSafeInteger(exp);
  return isRight ? { boards, exp: exp as number } : undefined;
}

function staticKeyOf(entry: string): StaticKey {
  const match = /^[a-z0-9-]{1,40}:([^:]+:.+):([0-9a-f]{64})$/.exec(entry);
  const [, patterns = '', hash = ''] = match ?? [];
  if (match === null) {
    const name = entry.split(':')[0]?.slice(0, 40);
    throw invalid('ACCESS_KEYS', `"${name}" is not name:pattern+pattern:sha256hex`);
  }
  const grants = patterns.split('+').map((text) => patternOf(text, 'ACCESS_KEYS'));
  return { hash: Buffer.from(hash, 'hex'), grants };
}

function patternOf(text: string, where: string): BoardPattern {
  const pattern = boardPattern(text);
  if (pattern !== undefined) return pattern;
  throw invalid(
    where,
    `"${text}" is not formula:<id>, category:<name> or chain:<name>, * allowed at the end`,
  );
}

function invalid(where: string, what: string): AppError {
  return new AppError({ code: 'CONFIG_INVALID', message: `${where}: ${what}.` });
}
