import { parseArgs } from 'node:util';
import { UsageError } from '@trending/runtime/usage';

export const help = `How well alarms find what people marked as unusual in real counts (Numenta Anomaly Benchmark, realTweets).

  npm run eval-nab -- --data DIR [--json]

  --data DIR   a folder with realTweets/*.csv (timestamp,value: mentions in five minutes, UTC) and combined_windows.json; no default
  --json       print JSON
  --help
Every mention becomes a view and goes through the live topology's code. Its progress is told on standard error.
`;

export interface NabOptions {
  readonly data: string;
  readonly json: boolean;
}

/** @throws UsageError for what is missing; whatever `parseArgs` throws for an option that is none. */
export function nabOptions(args: readonly string[]): NabOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { data = '', json } = values;
  if (data === '')
    throw new UsageError(
      'give --data DIR, a folder with realTweets/*.csv and combined_windows.json',
    );
  return { data, json };
}
