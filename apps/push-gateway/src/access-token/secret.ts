import { UsageError } from '@trending/runtime/usage';
import { checkSecrets } from '../adapters/access-keeper.ts';

/**
 * The first of the gateway's secrets, which signs.
 * @throws UsageError when there is none; AppError CONFIG_INVALID when the gateway would not take one of them
 */
export function signingSecretOf(secrets: readonly string[]): string {
  const [first] = secrets;
  if (first === undefined)
    throw new UsageError('set ACCESS_SECRETS or ACCESS_SECRETS_FILE as the gateway has it');
  checkSecrets(secrets);
  return first;
}
