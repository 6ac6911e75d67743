import { parseArgs } from 'node:util';
import { UsageError } from '@trending/runtime/usage';

export interface IngestOptions {
  readonly path: string;
  readonly api: string;
  readonly key: string;
  readonly chain: string;
  /** Views to publish at most. */
  readonly limit: number;
  /** Views a second at most. */
  readonly speed: number;
  /** File that remembers how far the last run came. */
  readonly resume: string | undefined;
  readonly json: boolean;
}

export const ingestHelp = `Publishes count series as views with their own event times, through the public batch call.

  npm run ingest-dataset -- PATH

  PATH           folder of CSV files (timestamp,value: views in the five minutes from that time on, UTC), or with a
                 folder realTweets in it, or one such file. The token is the last word of the file's name.
  --api URL      producer-api (default PRODUCER_URL, else http://127.0.0.1:3000)
  --key KEY      API key with the scopes publish and backfill (default TRENDING_API_KEY)
  --chain NAME   chain of the tokens (default nab)
  --limit N      only the first N views
  --speed N      at most N views a second (default: as fast as they are confirmed)
  --resume FILE  go on where the last run with this file stopped
  --json         print the result as one JSON object
  --help

Views older than a day go to the topic token.views.backfill.v1, which is kept for ever; show their boards with
  npm run replay -- --topic backfill --window 1h --every 1h
The same data give the same event ids, so views sent twice within ten minutes are counted once.
`;

/** @throws UsageError naming the option and what it takes. */
export function ingestOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): IngestOptions | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  const [path, ...more] = positionals;
  if (path === undefined) throw new UsageError('give the PATH of the data set');
  if (more.length > 0) throw new UsageError(`one PATH only, not also ${more.join(' ')}`);
  const key = values.key ?? env['TRENDING_API_KEY'] ?? '';
  if (key === '') throw new UsageError('give --key KEY or set TRENDING_API_KEY');
  const api = values.api ?? (env['PRODUCER_URL'] || 'http://127.0.0.1:3000');
  if (!URL.canParse(api)) throw new UsageError(`--api ${api}: give a URL`);
  return {
    path,
    key,
    api,
    chain: values.chain,
    limit: countOption('limit', values.limit),
    speed: countOption('speed', values.speed),
    resume: values.resume,
    json: values.json,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        api: { type: 'string' },
        key: { type: 'string' },
        chain: { type: 'string', default: 'nab' },
        limit: { type: 'string' },
        speed: { type: 'string' },
        resume: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function countOption(name: string, text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} ${text}: give a whole number above 0`);
}
