import { hash, timingSafeEqual } from 'node:crypto';
import { AppError } from '@trending/runtime';
import { type Caller, type Scope, scopes } from '../domain/caller.ts';

interface StoredKey {
  readonly caller: Caller;
  readonly digest: Buffer;
}

/** Finds the caller of a presented key; undefined for an unknown one. */
export type KeyLookup = (presented: string) => Caller | undefined;

const entryForm = /^([a-z0-9][a-z0-9_-]{0,31}):([a-z+]+):([0-9a-f]{64})$/;

/**
 * Reads `name:scope+scope:sha256hex` entries separated by commas. Keys are kept as hashes only, and a look-up compares with
 * every one in constant time.
 * @throws AppError CONFIG_INVALID naming the entry's position, never its content.
 */
export function createKeyLookup(text: string): KeyLookup {
  const entries = text.split(',').map((entry) => entry.trim());
  const keys = entries.filter((entry) => entry !== '').map(storedKey);
  return (presented) => {
    const digest = hash('sha256', presented, 'buffer');
    let found: Caller | undefined;
    for (const key of keys) if (timingSafeEqual(key.digest, digest)) found = key.caller;
    return found;
  };
}

function storedKey(entry: string, index: number): StoredKey {
  const [, name, scopeText, digest] = entryForm.exec(entry) ?? [];
  const names = scopeText?.split('+') ?? [];
  if (name === undefined || digest === undefined || !names.every(isScope))
    throw new AppError({
      code: 'CONFIG_INVALID',
      message: `API_KEYS entry ${index + 1} is not name:scope+scope:sha256hex with scopes of ${scopes.join(', ')}.`,
    });
  return {
    caller: { kind: 'key', name, scopes: new Set(names) },
    digest: Buffer.from(digest, 'hex'),
  };
}

function isScope(name: string): name is Scope {
  return (scopes as readonly string[]).includes(name);
}
