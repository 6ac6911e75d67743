import { UsageError } from '@trending/runtime/usage';
import { countOption, namesOption, optionValues } from '../command-line.ts';
import { frozenTogetherMax, kinds, type Plan, targets } from './targets.ts';

export interface KillMatrixOptions extends Plan {
  readonly json: boolean;
  readonly out: string;
  readonly resume: boolean;
  readonly viewsPerSecond: number;
  /** Kills between two verdicts. */
  readonly verdictEvery: number;
  readonly stopSeconds: number;
  readonly idleTokens: number;
  readonly portOffset: number;
}

export const killMatrixHelp = `Kills every part of a local stack again and again under load, and counts.

  npm run kill-matrix -- --kills 40

  --kills N          how many (default 40)
  --seed S           decides order, moments and events (default 1)
  --targets a,b      of ${targets.join(', ')} (default all)
  --kinds a,b        of ${kinds.join(', ')} (default all)
  --brokers N        1, or 3 of which one is killed at a time (default 1); three replicas, two in sync
  --out DIR          results, events and the stack's data (default artifacts/kill-matrix)
  --resume           go on with the run in --out; the plan is the one it was started with, but for --kills
  --rate N           views a second (default 400)
  --verdict-every N  kills between two verdicts (default 10)
  --stop-seconds N   how long SIGSTOP lasts before SIGCONT (default 45)
  --idle-tokens N    more tokens with one view each that the aggregates hold (default 0); two aggregates hold 1000000
                     in about 3 GB, and a verdict on them takes minutes
  --port-offset N    of the stack (default 9300)
  --json             print the result as one JSON object
  --help

SIGSTOPs of one round happen in groups: up to ${frozenTogetherMax} different targets are frozen within some seconds, each for --stop-seconds of its own,
while views go on. Each counts as a kill with a line of its own; \`group\` says which ones overlapped, and the recovery of
each includes what the others held up. What is in a group follows from --seed alone; --resume goes on inside a group too.
Load lasts 1 to 5 s before each kill. Results: results.jsonl (a line a kill: signal to process gone, to successor ready, to fresh
boards or history), report.md, attempted.tsv, acknowledged.tsv.
`;

const options = {
  kills: { type: 'string', default: '40' },
  seed: { type: 'string', default: '1' },
  targets: { type: 'string', default: targets.join(',') },
  kinds: { type: 'string', default: kinds.join(',') },
  brokers: { type: 'string', default: '1' },
  out: { type: 'string', default: 'artifacts/kill-matrix' },
  resume: { type: 'boolean', default: false },
  rate: { type: 'string', default: '400' },
  'verdict-every': { type: 'string', default: '10' },
  'stop-seconds': { type: 'string', default: '45' },
  'idle-tokens': { type: 'string', default: '0' },
  'port-offset': { type: 'string', default: '9300' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @throws UsageError naming the option and what it takes. */
export function killMatrixOptions(args: readonly string[]): KillMatrixOptions | 'help' {
  const values = optionValues(args, options);
  if (values.help) return 'help';
  return {
    kills: countOption('kills', values.kills),
    seed: countOption('seed', values.seed),
    targets: namesOption('targets', values.targets, targets),
    kinds: namesOption('kinds', values.kinds, kinds),
    brokers: brokersOption(values.brokers),
    out: values.out,
    resume: values.resume,
    json: values.json,
    viewsPerSecond: countOption('rate', values.rate),
    verdictEvery: countOption('verdict-every', values['verdict-every']),
    stopSeconds: countOption('stop-seconds', values['stop-seconds']),
    idleTokens:
      values['idle-tokens'] === '0' ? 0 : countOption('idle-tokens', values['idle-tokens']),
    portOffset: countOption('port-offset', values['port-offset']),
  };
}

function brokersOption(text: string): number {
  if (text === '1' || text === '3') return Number(text);
  throw new UsageError(`--brokers ${text}: give 1 or 3`);
}
