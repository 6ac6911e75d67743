import type { Clock, Logger } from '@trending/runtime';
import { clockSkewMaxS } from '@trending/schemas/http/signing';
import { keysOfEnv } from './adapters/api-keys.ts';
import { subkey } from './adapters/key-secrets.ts';
import { createViewTokens, viewTokenSecrets } from './adapters/view-tokens.ts';
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
export type Access = CallerSettings & { readonly keys: WatchedKeys };

/** About 100 bytes a nonce, in two generations: at most some 60 MB. */
const noncesMax = { perKeyMax: 100_000, totalMax: 300_000 };

export function createAccess({ config, logger, clock, secret }: AccessSettings): Access {
  const secrets = viewTokenSecrets(listOf(config.VIEW_TOKEN_SECRETS));
  return {
    keys: createWatchedKeys({
      fixed: keysOfEnv(config.API_KEYS),
      path: config.API_KEYS_FILE,
      logger,
    }),
    // A signature may come from as far ahead as behind, and is good until it is as far behind.
    replays: new ReplayMemory({ keepMs: 2 * clockSkewMaxS * 1000, ...noncesMax }),
    tokens: createViewTokens(secrets.length > 0 ? secrets : [subkey(secret, 'view tokens v1')]),
    clock,
    allowedOrigins: listOf(config.ALLOWED_ORIGINS),
  };
}
