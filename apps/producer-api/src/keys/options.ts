import { parseArgs } from 'node:util';
import { UsageError } from '@trending/runtime/usage';
import { type Scope, scopes } from '../domain/caller.ts';

interface Common {
  readonly file: string;
  readonly json: boolean;
}

export interface CreateCommand extends Common {
  readonly name: 'create';
  readonly key: string;
  readonly scopes: readonly Scope[];
  readonly auth: 'both' | 'signed-only' | 'bearer-only';
  readonly viewsPerMinute: number | undefined;
  readonly viewsPerDay: number | undefined;
}

export type KeysCommand =
  | { readonly name: 'help' }
  | (Common & { readonly name: 'list' })
  | CreateCommand
  | (Common & { readonly name: 'rotate'; readonly key: string })
  | (Common & {
      readonly name: 'revoke';
      readonly key: string;
      readonly secret: string | undefined;
    });

export const keysHelp = `API keys of backends, in the file that producer-api is told with API_KEYS_FILE. It looks every second: no restart.

  npm run keys -- create NAME [OPTIONS]    make a key; its secret is shown once
  npm run keys -- rotate NAME              give it a second secret, shown once; both hold
  npm run keys -- list                     keys, scopes, quotas, ids of their secrets
  npm run keys -- revoke NAME              end a key
  npm run keys -- revoke NAME --secret ID  end one of its two secrets

  --scopes LIST         publish, backfill, admin, separated by commas (default publish)
  --views-per-minute N  quota (default: none)
  --views-per-day N     quota by UTC day (default: none)
  --signed-only         refuse the secret as a bearer: requests must be signed
  --bearer-only         keep no signing key: whoever reads the file can then do nothing with this key
  --file PATH           the keys file (default: API_KEYS_FILE)
  --json                print JSON
  --help
`;

const options = {
  scopes: { type: 'string', default: 'publish' },
  'views-per-minute': { type: 'string' },
  'views-per-day': { type: 'string' },
  'signed-only': { type: 'boolean', default: false },
  'bearer-only': { type: 'boolean', default: false },
  secret: { type: 'string' },
  file: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @param fileOfEnv the keys file when --file is not given. @throws UsageError naming the option and what it takes. */
export function keysCommand(args: readonly string[], fileOfEnv: string | undefined): KeysCommand {
  const { values, positionals } = parsed(args);
  const [name = 'help', key, ...more] = positionals;
  if (values.help || name === 'help') return { name: 'help' };
  const file = values.file ?? fileOfEnv;
  if (file === undefined || file === '')
    throw new UsageError('which file? Give --file or API_KEYS_FILE');
  const common = { file, json: values.json };
  if (name === 'list' && key === undefined) return { name, ...common };
  if (name !== 'create' && name !== 'rotate' && name !== 'revoke')
    throw new UsageError(`'${positionals.join(' ')}': give create, rotate, list or revoke`);
  if (more.length > 0) throw new UsageError(`one NAME only, not also ${more.join(' ')}`);
  const named = { ...common, key: keyName(key) };
  if (name === 'rotate') return { name, ...named };
  if (name === 'revoke') return { name, ...named, secret: values.secret };
  return {
    ...{ name, ...named },
    scopes: scopesOf(values.scopes),
    auth: authOf(values['signed-only'], values['bearer-only']),
    viewsPerMinute: limit('views-per-minute', values['views-per-minute']),
    viewsPerDay: limit('views-per-day', values['views-per-day']),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function keyName(text = ''): string {
  if (/^[a-z0-9][a-z0-9_-]{0,31}$/.test(text)) return text;
  throw new UsageError(
    `'${text}' is no NAME: lower case letters, digits, - and _, at most 32 characters`,
  );
}

function scopesOf(text: string): readonly Scope[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const found = names.map((name) => scopes.find((scope) => scope === name));
  if (found.every((scope) => scope !== undefined)) return found;
  throw new UsageError(`--scopes ${text}: give some of ${scopes.join(', ')}`);
}

function authOf(isSigned: boolean, isBearer: boolean): CreateCommand['auth'] {
  if (isSigned && isBearer) throw new UsageError('--signed-only or --bearer-only, not both');
  if (isSigned) return 'signed-only';
  return isBearer ? 'bearer-only' : 'both';
}

function limit(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 1_000_000_000) return value;
  throw new UsageError(`--${name} ${text}: give a whole number from 1 to 1000000000`);
}
