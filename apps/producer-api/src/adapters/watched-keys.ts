import { open } from 'node:fs/promises';
import { AppError, type HealthCheck, type Logger, type Part } from '@trending/runtime';
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

export interface WatchedKeys extends KeySource, Part {
  readonly check: HealthCheck;
  /** Reads the file again if it has changed. Never rejects: a broken file leaves the keys as they are. */
  refresh(): Promise<void>;
}

const everyMs = 1_000;

/**
 * Keys of the environment and of a file that is looked at every second, so that a revoked key ends within two. What cannot be read
 * changes nothing and is said in the log and in `/readyz?verbose`: one bad edit must not lock every backend out.
 */
export function createWatchedKeys({ fixed, path, logger }: WatchedKeysSettings): WatchedKeys {
  let ring = new KeyRing(fixed);
  let last: string | undefined;
  let problem: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    const text = await textOf(path);
    if (text === last && problem === undefined) return;
    const keys = storedKeys(keysDocument(text));
    ring = new KeyRing([...fixed, ...withoutClash(keys, fixed)]);
    if (text !== last) logger.info({ path, keys: keys.length }, 'API keys read');
    if (problem !== undefined) logger.info({ path }, 'the keys file is valid again');
    last = text;
    problem = undefined;
  };
  const refresh = async (): Promise<void> => {
    try {
      await load();
    } catch (error) {
      const found = error instanceof AppError ? error.message : `cannot read ${path}: ${error}`;
      if (found !== problem)
        logger.error({ path, problem: found }, 'API keys unchanged: mend the keys file');
      problem = found;
    }
  };
  return {
    name: 'api-keys',
    get ring() {
      return ring;
    },
    refresh,
    check: {
      name: 'api-keys',
      isAdvice: true,
      check: () => (problem === undefined ? undefined : `${problem} The keys read before hold.`),
    },
    /** @throws AppError CONFIG_INVALID when there is no valid file to begin with. */
    async start() {
      if (path === '' || timer !== undefined) return;
      await load().catch(refuseStart(path));
      timer = setInterval(() => {
        reading ??= refresh().finally(() => {
          reading = undefined;
        });
      }, everyMs);
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await reading;
    },
  };
}

function refuseStart(path: string): (cause: unknown) => never {
  return (cause) => {
    const why = cause instanceof AppError ? cause.message : String(cause);
    const message = `API_KEYS_FILE ${path}: ${why} Make or mend it with npm run keys -- --help.`;
    throw new AppError({ code: 'CONFIG_INVALID', message, cause });
  };
}

function withoutClash(keys: readonly StoredKey[], fixed: readonly StoredKey[]) {
  const taken = new Set(fixed.map(({ caller }) => caller.name));
  const clash = keys.find(({ caller }) => taken.has(caller.name));
  if (clash === undefined) return keys;
  const message = `The keys file is not valid: ${clash.caller.name} is in API_KEYS too.`;
  throw new AppError({ code: 'CONFIG_INVALID', message });
}

/** One read of at most a little more than is allowed. */
async function textOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, keysFileMax) + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead <= keysFileMax) return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
  const message = `The keys file is not valid: it is larger than ${keysFileMax} bytes.`;
  throw new AppError({ code: 'CONFIG_INVALID', message });
}
