import { parseArgs } from 'node:util';
import { UsageError } from '@trending/runtime/usage';
import { listOf } from '../config.ts';

export interface AccessTokenOptions {
  /** Boards that the token opens, as in PRIVATE_BOARDS. */
  readonly boards: readonly string[];
  readonly lifetimeMs: number;
  readonly json: boolean;
}

export const accessTokenHelp = `Prints a signed token for private boards.

  ACCESS_SECRETS=… npm run access-token -- --boards category:secret,formula:beta --minutes 60

  ACCESS_SECRETS  in the environment, as the gateway has it, or the file ACCESS_SECRETS_FILE; the first secret signs
  --boards LIST   boards that the token opens: formula:<id>, category:<name>, chain:<name>, * allowed at the end, separated by commas;
                  detail:operator opens what explanations tell operators alone
  --minutes N     how long it holds (default 60)
  --json          print {"token", "boards", "expiresAt"}
  --help
`;

/** @throws UsageError naming the option and what it takes; whatever `parseArgs` throws for an option that is none. */
export function accessTokenOptions(args: readonly string[]): AccessTokenOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      boards: { type: 'string', default: '' },
      minutes: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const boards = listOf(values.boards);
  if (boards.length === 0) throw new UsageError('give the --boards that the token opens');
  const lifetimeMs = Number(values.minutes) * 60_000;
  if (!(lifetimeMs > 0 && Number.isFinite(lifetimeMs)))
    throw new UsageError(`--minutes ${values.minutes}: give a number above 0`);
  return { boards, lifetimeMs, json: values.json };
}
