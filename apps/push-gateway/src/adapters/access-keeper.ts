import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError, openToken, sealToken } from '@trending/runtime';
import {
  BoardAccess,
  type BoardPattern,
  boardPattern,
  grantPattern,
  type Term,
} from '../domain/board-access.ts';

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

/** Ends what it granted when it is taken out, in connections that are open too. */
interface Credential {
  isRevoked: boolean;
}

interface StaticKey extends Credential {
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
  /** By their entries. */
  #keys: ReadonlyMap<string, StaticKey> = new Map();
  #secrets: ReadonlyMap<string, Credential> = new Map();
  /** What a reader without a token may see. */
  readonly everybody: BoardAccess;

  /** @throws AppError CONFIG_INVALID naming the entry that is wrong. */
  constructor({ privateBoards, accessKeys, secrets }: AccessSettings) {
    this.#privates = privateBoards.map((text) => patternOf(text, 'PRIVATE_BOARDS'));
    this.everybody = new BoardAccess(this.#privates);
    this.replaceKeys(accessKeys);
    this.replaceSecrets(secrets);
  }

  /**
   * From now on these entries hold, and no others; what was granted by one that is gone, or reads differently, ends.
   * @throws AppError CONFIG_INVALID that says which is wrong; then nothing has changed.
   */
  replaceKeys(entries: readonly string[]): void {
    this.#keys = replaced(this.#keys, entries, staticKeyOf);
  }

  /** The same for secrets. */
  replaceSecrets(secrets: readonly string[]): void {
    checkSecrets(secrets);
    this.#secrets = replaced(this.#secrets, secrets, () => ({ isRevoked: false }));
  }

  /** `now` in ms. A wrong token is never treated as no token. */
  admit(token: string | undefined, now: number): Admission {
    if (this.#privates.length === 0) return { ok: true, access: this.everybody };
    return this.admitOperator(token, now);
  }

  /** The same for who asks for what is told to operators: then a wrong token is refused without private boards too. */
  admitOperator(token: string | undefined, now: number): Admission {
    if (token === undefined) return { ok: true, access: this.everybody };
    if (token.length > tokenCharactersMax) return { ok: false, reason: 'bad-token' };
    return token.startsWith('v1.') ? this.#admitSigned(token, now) : this.#admitStatic(token);
  }

  #admitStatic(token: string): Admission {
    const hash = createHash('sha256').update(token).digest();
    let found: StaticKey | undefined;
    // All are compared, whichever fits: the time taken says nothing.
    for (const key of this.#keys.values()) if (timingSafeEqual(key.hash, hash)) found = key;
    if (found === undefined) return { ok: false, reason: 'bad-token' };
    const term = termOf(found, Number.POSITIVE_INFINITY);
    return { ok: true, access: new BoardAccess(this.#privates, found.grants, term) };
  }

  #admitSigned(token: string, now: number): Admission {
    let claims: Claims | undefined;
    let signer: Credential | undefined;
    // All are tried here too.
    for (const [secret, credential] of this.#secrets) {
      const opened = claimsOf(openToken(token, [secret]));
      if (opened !== undefined) [claims, signer] = [opened, credential];
    }
    if (claims === undefined || signer === undefined) return { ok: false, reason: 'bad-token' };
    const expiresAt = claims.exp * 1_000;
    if (expiresAt <= now) return { ok: false, reason: 'token-expired' };
    const grants = claims.boards.map(grantPattern).filter((pattern) => pattern !== undefined);
    const access = new BoardAccess(this.#privates, grants, termOf(signer, expiresAt));
    return { ok: true, access };
  }
}

/** @throws AppError CONFIG_INVALID when one is too short to sign anything. */
export function checkSecrets(secrets: readonly string[]): void {
  if (secrets.some(({ length }) => length < secretCharactersMin))
    throw invalid('ACCESS_SECRETS', `a secret has fewer than ${secretCharactersMin} characters`);
}

function termOf(credential: Credential, expiresAt: number): Term {
  return {
    get expiresAt() {
      return credential.isRevoked ? 0 : expiresAt;
    },
  };
}

/** Those of `texts`: who was there before stays itself, who is gone is revoked. Nothing is revoked when `make` throws. */
function replaced<T extends Credential>(
  before: ReadonlyMap<string, T>,
  texts: readonly string[],
  make: (text: string, index: number) => T,
): ReadonlyMap<string, T> {
  const after = new Map(
    texts.map((text, index) => [text, before.get(text) ?? make(text, index)] as const),
  );
  for (const [text, credential] of before) if (!after.has(text)) credential.isRevoked = true;
  return after;
}

/** `expiresAt` in ms, kept in whole seconds. */
export function signAccessToken(
  { boards, expiresAt }: { readonly boards: readonly string[]; readonly expiresAt: number },
  secret: string,
): string {
  for (const board of boards)
    if (grantPattern(board) === undefined)
      throw invalid('boards', `"${board}" is not ${grantForm}`);
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

/** What is wrong is told by its number: `/readyz` shows it, and a secret may stand there by mistake. */
function staticKeyOf(entry: string, index: number): StaticKey {
  const match = /^[a-z0-9-]{1,40}:([^:]+:.+):([0-9a-f]{64})$/.exec(entry);
  const [, patterns = '', hash = ''] = match ?? [];
  const which = `entry ${index + 1}`;
  if (match === null)
    throw invalid('ACCESS_KEYS', `${which} is not name:pattern+pattern:sha256hex`);
  const grants = patterns.split('+').map(grantPattern);
  if (!grants.every((grant) => grant !== undefined))
    throw invalid('ACCESS_KEYS', `${which} has a pattern that is not ${grantForm}`);
  return { hash: Buffer.from(hash, 'hex'), grants, isRevoked: false };
}

const patternForm = 'formula:<id>, category:<name> or chain:<name>, * allowed at the end';
const grantForm = `${patternForm}, or detail:operator`;

function patternOf(text: string, where: string): BoardPattern {
  const pattern = boardPattern(text);
  if (pattern !== undefined) return pattern;
  throw invalid(where, `"${text}" is not ${patternForm}`);
}

function invalid(where: string, what: string): AppError {
  return new AppError({ code: 'CONFIG_INVALID', message: `${where}: ${what}.` });
}
