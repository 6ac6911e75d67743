import { AppError } from '@trending/runtime';
import { type KeyCaller, type Scope, scopes } from '../domain/caller.ts';
import { bearerDigest, isSame, signatureOf } from './key-secrets.ts';

/** What is kept of one secret. */
export interface StoredSecret {
  readonly digest: Buffer;
  /** Absent for keys that cannot sign. */
  readonly signingKey?: Buffer;
}

export interface StoredKey {
  readonly caller: KeyCaller;
  /** A secret of this key is never to travel: presented as a bearer it is refused. */
  readonly isSignedOnly: boolean;
  readonly secrets: readonly StoredSecret[];
}

/** The keys of one moment, and who they belong to. */
export class KeyRing {
  readonly #byName = new Map<string, StoredKey>();
  /** By the beginning of the digest, which is of no use to anybody; the rest is compared in constant time. */
  readonly #byDigest = new Map<number, { readonly digest: Buffer; readonly key: StoredKey }[]>();

  constructor(keys: readonly StoredKey[]) {
    for (const key of keys) {
      this.#byName.set(key.caller.name, key);
      for (const { digest } of key.secrets) {
        const place = digest.readUInt32BE();
        this.#byDigest.set(place, [...(this.#byDigest.get(place) ?? []), { digest, key }]);
      }
    }
  }

  /** The key of a presented bearer secret; undefined for an unknown one. */
  byBearer(presented: string): StoredKey | undefined {
    const digest = bearerDigest(presented);
    const near = this.#byDigest.get(digest.readUInt32BE()) ?? [];
    return near.find((entry) => isSame(entry.digest, digest))?.key;
  }

  byName(name: string): StoredKey | undefined {
    return this.#byName.get(name);
  }
}

/** Is `signature` that of one of the key's secrets? All of them are tried, whichever it is. */
export function isSignedBy(key: StoredKey, text: string, signature: Buffer): boolean {
  const matches = key.secrets.map(
    ({ signingKey }) =>
      signingKey !== undefined && isSame(signatureOf(signingKey, text), signature),
  );
  return matches.includes(true);
}

const entryForm = /^([a-z0-9][a-z0-9_-]{0,31}):([a-z+]+):([0-9a-f]{64})$/;

/**
 * Reads `name:scope+scope:sha256hex` entries separated by commas. A name may stand twice, so that a secret can be replaced; both
 * entries then have the same scopes.
 * @throws AppError CONFIG_INVALID naming the entry's position, never its content.
 */
export function keysOfEnv(text: string): StoredKey[] {
  const entries = text.split(',').map((entry) => entry.trim());
  const keys = new Map<string, StoredKey>();
  entries
    .filter((entry) => entry !== '')
    .map(storedKey)
    .forEach((key, index) => {
      const former = keys.get(key.caller.name);
      if (former !== undefined && !hasSameScopes(former, key)) throw invalid(index, otherScopes);
      const secrets = [...(former?.secrets ?? []), ...key.secrets];
      keys.set(key.caller.name, { ...key, secrets });
    });
  return [...keys.values()];
}

const otherScopes = 'has other scopes than the earlier entry of the same name.';

function hasSameScopes(a: StoredKey, b: StoredKey): boolean {
  const [these, those] = [[...a.caller.scopes], [...b.caller.scopes]];
  return these.sort().join() === those.sort().join();
}

function storedKey(entry: string, index: number): StoredKey {
  const [, name, scopeText, digest] = entryForm.exec(entry) ?? [];
  const names = scopeText?.split('+') ?? [];
  if (name === undefined || digest === undefined || !names.every(isScope))
    throw invalid(index, `is not name:scope+scope:sha256hex with scopes of ${scopes.join(', ')}.`);
  return {
    caller: { kind: 'key', name, scopes: new Set(names) },
    isSignedOnly: false,
    secrets: [{ digest: Buffer.from(digest, 'hex') }],
  };
}

function invalid(index: number, why: string): AppError {
  return new AppError({
    code: 'CONFIG_INVALID',
    message: `API_KEYS entry ${index + 1} ${why}`,
  });
}

function isScope(name: string): name is Scope {
  return (scopes as readonly string[]).includes(name);
}
