import { createWatchedList, type Logger, type WatchedFile } from '@trending/runtime';
import { AccessKeeper } from './adapters/access-keeper.ts';
import { type Config, listOf } from './config.ts';

export interface Access {
  readonly keeper: AccessKeeper;
  /** To be started before the port is opened: the files of keys and secrets. */
  readonly files: readonly WatchedFile[];
}

/** Who may see private boards. @throws AppError CONFIG_INVALID naming the variable that is wrong. */
export function createAccess(config: Config, logger: Logger): Access {
  const privateBoards = listOf(config.PRIVATE_BOARDS);
  const keeper = new AccessKeeper({ privateBoards, accessKeys: [], secrets: [] });
  const keys = createWatchedList({
    variable: 'ACCESS_KEYS',
    value: config.ACCESS_KEYS,
    path: config.ACCESS_KEYS_FILE,
    // Taking the last key out is no mistake.
    mayBeEmpty: true,
    logger,
    take: (entries) => keeper.replaceKeys(entries),
  });
  const secrets = createWatchedList({
    variable: 'ACCESS_SECRETS',
    value: config.ACCESS_SECRETS,
    path: config.ACCESS_SECRETS_FILE,
    mayBeEmpty: false,
    logger,
    take: (listed) => keeper.replaceSecrets(listed),
  });
  return { keeper, files: [...keys, ...secrets] };
}
