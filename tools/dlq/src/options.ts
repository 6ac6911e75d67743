import { parseArgs } from 'node:util';
import { UsageError } from '@trending/runtime/usage';
import type { LetterFilter, LetterState } from './letter-index.ts';

export type DlqCommand =
  | { readonly name: 'help' }
  | {
      readonly name: 'list';
      readonly filter: LetterFilter;
      readonly page: number;
      readonly size: number;
      readonly json: boolean;
    }
  | {
      readonly name: 'show';
      readonly partition: number;
      readonly offset: number;
      readonly json: boolean;
    }
  | ReplayCommand;

export interface ReplayCommand {
  readonly name: 'replay';
  readonly filter: LetterFilter;
  readonly max: number;
  readonly dryRun: boolean;
  /** Take the key from the decoded token. */
  readonly fixKey: boolean;
  readonly json: boolean;
}

export const dlqHelp = `Dead letters: records of the views topic that are no views, with the reason, in token.views.dlq.v1.

  npm run dlq -- list [FILTER]             counts per reason, then the newest letters, page by page
  npm run dlq -- show PARTITION/OFFSET     one letter: headers, key and value as bytes, decoded if it can be
  npm run dlq -- replay PARTITION/OFFSET   put one letter back
  npm run dlq -- replay FILTER | --all     put letters back that were not put back yet

  FILTER          --reason R  --topic T (original topic)  --partition N  --since TIME  --until TIME  --state S
                  TIME is ISO 8601, or an age such as 90s, 15m, 6h, 2d; S is waiting, started or replayed
  --page N        page of the list (default 1)
  --size N        letters on a page (default 20, at most 1000)
  --max N         replay at most N letters (default 10000)
  --dry-run       say what would be replayed, change nothing
  --fix-key       use the token in the record as its key: for key_mismatch
  --json          print JSON
  --help

A letter goes back with its original key, bytes and timestamp, to its original topic and the partition of its key. The same
command may run again at any time: letters that were put back are passed over, also after a crash in the middle.
`;

const options = {
  reason: { type: 'string' },
  topic: { type: 'string' },
  partition: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  state: { type: 'string' },
  page: { type: 'string', default: '1' },
  size: { type: 'string', default: '20' },
  max: { type: 'string', default: '10000' },
  all: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  'fix-key': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @throws UsageError naming the option and what it takes. @param now ms, for ages. */
export function dlqCommand(args: readonly string[], now: number): DlqCommand {
  const { values, positionals } = parsed(args);
  const [name = 'help', place, ...more] = positionals;
  if (values.help || name === 'help') return { name: 'help' };
  if (more.length > 0)
    throw new UsageError(`one PARTITION/OFFSET only, not also ${more.join(' ')}`);
  const { json } = values;
  if (name === 'show') return { name, json, ...placeOf(place) };
  const filter = filterOf(values, now);
  if (name === 'list') {
    if (place !== undefined) throw new UsageError(`list takes no ${place}; use show ${place}`);
    const size = number('size', values.size, { min: 1, max: 1_000 });
    return { name, filter, json, size, page: number('page', values.page, { min: 1 }) };
  }
  if (name !== 'replay') throw new UsageError(`${name}: give list, show or replay`);
  const one = place === undefined ? {} : placeOf(place);
  const isNarrow = Object.values({ ...filter, ...one }).some((value) => value !== undefined);
  if (!isNarrow && !values.all)
    throw new UsageError('replay what? Give PARTITION/OFFSET, a filter such as --reason, or --all');
  const max = number('max', values.max, { min: 1 });
  const flags = { dryRun: values['dry-run'], fixKey: values['fix-key'] };
  return { name, filter: { ...filter, ...one }, max, json, ...flags };
}

interface FilterTexts {
  readonly reason?: string | undefined;
  readonly topic?: string | undefined;
  readonly partition?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly state?: string | undefined;
}

function filterOf(texts: FilterTexts, now: number): LetterFilter {
  const { reason, topic, partition, since, until, state } = texts;
  return {
    reason,
    topic,
    partition: partition === undefined ? undefined : number('partition', partition, { min: 0 }),
    since: since === undefined ? undefined : timeOf('since', since, now),
    until: until === undefined ? undefined : timeOf('until', until, now),
    state: state === undefined ? undefined : stateOf(state),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function placeOf(text = ''): { readonly partition: number; readonly offset: number } {
  const match = /^(\d{1,6})\/(\d{1,15})$/.exec(text);
  if (match === null)
    throw new UsageError(`'${text}' is no PARTITION/OFFSET of the dead-letter topic, such as 3/17`);
  return { partition: Number(match[1]), offset: Number(match[2]) };
}

function number(name: string, text: string, { min, max = Number.MAX_SAFE_INTEGER }: Bounds) {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min && value <= max)
    return value;
  throw new UsageError(`--${name} ${text}: give a whole number of at least ${min}`);
}

interface Bounds {
  readonly min: number;
  readonly max?: number;
}

const unitMs: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

function timeOf(name: string, text: string, now: number): number {
  const age = /^(\d{1,6})([smhd])$/.exec(text);
  if (age !== null) return now - Number(age[1]) * (unitMs[age[2] ?? ''] ?? 0);
  const at = Date.parse(text);
  if (Number.isFinite(at)) return at;
  throw new UsageError(`--${name} ${text}: give ISO 8601 or an age such as 15m or 6h`);
}

function stateOf(text: string): LetterState {
  if (text === 'waiting' || text === 'started' || text === 'replayed') return text;
  throw new UsageError(`--state ${text}: give waiting, started or replayed`);
}
