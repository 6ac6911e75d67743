import { AppError, createWatchedFile, type Logger, type WatchedFile } from '@trending/runtime';
import { KeyRing, type StoredKey } from './api-keys.ts';
import { keysDocument, keysFileMax, storedKeys } from './keys-file.ts';

/** The keys in force now. */
export interface KeySource {
  readonly ring: KeyRing;
}

export interface WatchedKeysSettings {
  /** Keys of the environment, always in force. */
  readonly fixed: readonly StoredKey[];
  /** Keys file; empty = none. */
  readonly path: string;
  readonly logger: Logger;
}

export type WatchedKeys = KeySource & WatchedFile;

/** Keys of the environment and of a file that is watched, so that a revoked key ends within two seconds. */
export function createWatchedKeys({ fixed, path, logger }: WatchedKeysSettings): WatchedKeys {
  let ring = new KeyRing(fixed);
  const file = createWatchedFile({
    ...{ variable: 'API_KEYS_FILE', path, bytesMax: keysFileMax, logger },
    advice: 'Make or mend it with npm run keys -- --help.',
    take(text) {
      const keys = storedKeys(keysDocument(text));
      ring = new KeyRing([...fixed, ...withoutClash(keys, fixed)]);
      return keys.length;
    },
  });
  return {
    ...file,
    get ring() {
      return ring;
    },
  };
}

function withoutClash(keys: readonly StoredKey[], fixed: readonly StoredKey[]) {
  const taken = new Set(fixed.map(({ caller }) => caller.name));
  const clash = keys.find(({ caller }) => taken.has(caller.name));
  if (clash === undefined) return keys;
  const message = `The keys file is not valid: ${clash.caller.name} is in API_KEYS too.`;
  throw new AppError({ code: 'CONFIG_INVALID', message });
}
