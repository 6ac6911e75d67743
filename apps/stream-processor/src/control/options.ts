import { parseArgs } from 'node:util';
import { UsageError } from '@trending/runtime/usage';
import { isTokenKey, lowerCaseHex } from '@trending/schemas';

/** Who says it and why. */
export interface Speaker {
  readonly author: string;
  readonly reason: string;
}

interface Waiting {
  readonly json: boolean;
  /** Longest wait for a board that knows the word, ms; 0 = do not wait. */
  readonly waitMs: number;
}

export type ControlCommand =
  | { readonly name: 'help' }
  | { readonly name: 'list'; readonly json: boolean }
  | { readonly name: 'history'; readonly json: boolean; readonly limit: number }
  | WordCommand;

/** A command that writes a word. Times in ms. */
export type WordCommand = Waiting &
  Speaker & { readonly from: number } & (
    | { readonly name: 'formula'; readonly file: string }
    | { readonly name: 'withdraw'; readonly id: string }
    | { readonly name: 'suppress'; readonly token: string; readonly until: number | null }
    | { readonly name: 'release'; readonly token: string }
  );

export const controlHelp = `Tunes formulas and holds tokens back while everything runs: words in trending.control.v1, in force by event time.

  npm run control -- list                        formulas in force and planned, tokens held back
  npm run control -- history                     who said what, when and why
  npm run control -- formula FILE                set a formula: {"id", "parameters", "base"?, "version"?}
  npm run control -- withdraw ID                 the built-in formula again, or no boards of it any more; from now on
  npm run control -- suppress TOKEN --reason R   hold a token (chain:address) back from public boards
  npm run control -- release TOKEN --reason R    show it again

  --effective-from TIME  first event time it is in force at (default now); not with withdraw
  --until TIME           end of a suppression (default none)
  --reason TEXT          why; kept with the word
  --author NAME          who (default the user of this machine)
  --wait SECONDS         for a board that names the word in its cut (default 60; 0 does not wait)
  --limit N              words of the history (default 50)
  --json                 print JSON
  --help

TIME is ISO 8601, epoch milliseconds, now, or from now such as +90s, +15m, +2h; at most a day back and 30 days ahead.
A formula takes an id of its own on a base (views, classic, trending), tunes a built-in one under its own id, or drafts two into
one board: {"id": "interleave:classic+trending", "parameters": {}}. Brokers and registry come from the environment.
`;

const options = {
  'effective-from': { type: 'string', default: 'now' },
  until: { type: 'string' },
  reason: { type: 'string', default: '' },
  author: { type: 'string' },
  wait: { type: 'string', default: '60' },
  limit: { type: 'string', default: '50' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const textMax = 500;

/** @throws UsageError naming the option and what it takes. @param context `now` in ms, for times; the user, for the author. */
export function controlCommand(
  args: readonly string[],
  context: { readonly now: number; readonly user: string },
): ControlCommand {
  const { values, positionals } = parsed(args);
  const [name = 'help', what, ...more] = positionals;
  if (values.help || name === 'help') return { name: 'help' };
  if (more.length > 0) throw new UsageError(`${name} takes one argument, not also ${more[0]}`);
  const { json } = values;
  if (name === 'list') return { name, json };
  if (name === 'history') return { name, json, limit: wholeNumber('limit', values.limit, 10_000) };
  return wordCommand({ name, what }, values, context);
}

function wordCommand(
  { name, what }: { readonly name: string; readonly what: string | undefined },
  values: Values,
  { now, user }: { readonly now: number; readonly user: string },
): WordCommand {
  const said = {
    json: values.json,
    waitMs: 1_000 * wholeNumber('wait', values.wait, 3_600),
    author: short('author', values.author ?? user),
    reason: short('reason', values.reason),
    from: timeOf('effective-from', values['effective-from'], now),
  };
  if (name === 'formula') return { ...said, name, file: given(what, 'formula FILE') };
  if (name === 'withdraw') return { ...said, name, from: now, id: given(what, 'withdraw ID') };
  if (name !== 'suppress' && name !== 'release')
    throw new UsageError(`${name}: give list, history, formula, withdraw, suppress or release`);
  const token = canonicalToken(given(what, `${name} TOKEN`));
  if (said.reason === '') throw new UsageError(`${name} needs --reason: it is kept for the audit`);
  if (name === 'release') return { ...said, name, token };
  const until = values.until === undefined ? null : timeOf('until', values.until, now);
  if (until !== null && until <= said.from)
    throw new UsageError(`--until ${values.until} is not after --effective-from`);
  return { ...said, name, token, until };
}

type Values = ReturnType<typeof parsed>['values'];

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function given(what: string | undefined, usage: string): string {
  if (what === undefined) throw new UsageError(`give ${usage}`);
  return what;
}

function short(name: string, text: string): string {
  if (text.length > textMax) throw new UsageError(`--${name}: at most ${textMax} characters`);
  return text;
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new UsageError(`--${name} ${text}: give a whole number from 0 to ${max}`);
}

const unitMs: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5 };
const day = 86_400_000;
/** A word further ahead might lose the one before it to compaction; one further back would rewrite what was served. */
const bounds = { back: day, ahead: 30 * day };

function timeOf(name: string, text: string, now: number): number {
  const time = parsedTime(text, now);
  if (!Number.isSafeInteger(time))
    throw new UsageError(`--${name} ${text}: give ISO 8601, epoch milliseconds, now, or +15m`);
  const isUntil = name === 'until';
  if (time >= now - bounds.back && (isUntil || time <= now + bounds.ahead)) return time;
  throw new UsageError(`--${name} ${text}: at most a day back and 30 days ahead`);
}

function parsedTime(text: string, now: number): number {
  if (text === 'now') return now;
  const [, amount, unit = ''] = /^\+(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return now + Number(amount) * (unitMs[unit] ?? 0);
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
}

/** Hexadecimal numbers are canonical in lower case; names and other addresses keep their case. */
function canonicalToken(text: string): string {
  const chain = text.slice(0, Math.max(0, text.indexOf(':')));
  const token = `${chain.toLowerCase()}:${lowerCaseHex(text.slice(chain.length + 1))}`;
  if (isTokenKey(token)) return token;
  throw new UsageError(`${text}: give the token as chain:address, as boards show it`);
}
