import { type Clock, createWatchedList, type Logger, type WatchedFile } from '@trending/runtime';
import { clockSkewMaxS } from '@trending/schemas/http/signing';
import { keysOfEnv } from './adapters/api-keys.ts';
import { subkey } from './adapters/key-secrets.ts';
import { createViewTokens, type ViewTokens, viewTokenSecrets } from './adapters/view-tokens.ts';
import { createWatchedKeys, type WatchedKeys } from './adapters/watched-keys.ts';
import { type Config, listOf } from './config.ts';
import { ReplayMemory } from './domain/replay-memory.ts';
import type { CallerSettings } from './routes/callers.ts';

export interface AccessSettings {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  /** What view tokens are signed with when no secret of their own is set. */
  readonly secret: string;
}

/** Who may do what: keys, signatures, view tokens, origins. */
export type Access = CallerSettings & {
  readonly keys: WatchedKeys;
  /** To be started before the port is opened: the files of keys and secrets. */
  readonly files: readonly WatchedFile[];
};

/** About 100 bytes a nonce, in two generations: at most some 60 MB. */
const noncesMax = { perKeyMax: 100_000, totalMax: 300_000 };

export function createAccess(settings: AccessSettings): Access {
  const { config, logger, clock } = settings;
  const fixed = keysOfEnv(config.API_KEYS);
  const keys = createWatchedKeys({ fixed, path: config.API_KEYS_FILE, logger });
  const tokens = createViewTokens();
  return {
    keys,
    files: [keys, ...watchedSecrets(settings, tokens)],
    // A signature may come from as far ahead as behind, and is good until it is as far behind.
    replays: new ReplayMemory({ keepMs: 2 * clockSkewMaxS * 1000, ...noncesMax }),
    tokens,
    clock,
    allowedOrigins: listOf(config.ALLOWED_ORIGINS),
  };
}

/** @throws AppError CONFIG_INVALID for secrets of the environment that are none. */
function watchedSecrets({ config, logger, secret }: AccessSettings, tokens: ViewTokens) {
  return createWatchedList({
    variable: 'VIEW_TOKEN_SECRETS',
    value: config.VIEW_TOKEN_SECRETS,
    path: config.VIEW_TOKEN_SECRETS_FILE,
    mayBeEmpty: false,
    logger,
    take(listed) {
      const secrets = viewTokenSecrets(listed);
      tokens.replaceSecrets(secrets.length > 0 ? secrets : [subkey(secret, 'view tokens v1')]);
    },
  });
}
