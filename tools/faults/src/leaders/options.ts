import { countOption, optionValues } from '../command-line.ts';

export interface LeaderMoveOptions {
  readonly json: boolean;
  /** Orders to move the leaders. */
  readonly moves: number;
  /** Between two orders; each moves every partition. */
  readonly everySeconds: number;
  /** Orders between two kills of a broker. */
  readonly killEvery: number;
  readonly out: string;
  readonly seed: number;
  readonly viewsPerSecond: number;
  readonly portOffset: number;
}

export const leaderMovesHelp = `Moves the leaders of all topics on three brokers under load, kills brokers now and then, and counts.

  npm run leader-moves -- --moves 100

  --moves N         orders to move every partition's leader (default 100)
  --every-seconds N between two orders (default 5)
  --kill-every N    orders between two kills of a broker (default 10)
  --out DIR         results, events and the stack's data (default artifacts/leader-moves); must be new
  --seed S          (default 1)
  --rate N          views a second (default 300)
  --port-offset N   of the stack (default 9500)
  --json            print the result as one JSON object
  --help

Three replicas, two in sync before an append is confirmed, 512 MB of heap for each broker.
`;

const options = {
  moves: { type: 'string', default: '100' },
  'every-seconds': { type: 'string', default: '5' },
  'kill-every': { type: 'string', default: '10' },
  out: { type: 'string', default: 'artifacts/leader-moves' },
  seed: { type: 'string', default: '1' },
  rate: { type: 'string', default: '300' },
  'port-offset': { type: 'string', default: '9500' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @throws UsageError naming the option and what it takes. */
export function leaderMoveOptions(args: readonly string[]): LeaderMoveOptions | 'help' {
  const values = optionValues(args, options);
  if (values.help) return 'help';
  return {
    moves: countOption('moves', values.moves),
    everySeconds: countOption('every-seconds', values['every-seconds']),
    killEvery: countOption('kill-every', values['kill-every']),
    out: values.out,
    json: values.json,
    seed: countOption('seed', values.seed),
    viewsPerSecond: countOption('rate', values.rate),
    portOffset: countOption('port-offset', values['port-offset']),
  };
}
