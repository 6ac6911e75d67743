import { reportFailure, UsageError } from './usage-error.ts';

export interface Outcome {
  /** For standard output. */
  readonly text: string;
  readonly ok: boolean;
  /** Instead of 0 or 1. */
  readonly exitCode?: number;
}

/**
 * Runs a command: its text to standard output, its exit code; errors as {@link reportFailure} has them.
 * @param name of its npm script
 */
export async function runCommand(
  name: string,
  run: () => Outcome | Promise<Outcome>,
): Promise<void> {
  try {
    const { text, ok, exitCode } = await run();
    process.stdout.write(text);
    process.exitCode = exitCode ?? (ok ? 0 : 1);
  } catch (error) {
    reportFailure(`npm run ${name}`, error);
  }
}

/** Both ends are taken. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A whole number. @throws UsageError naming the option. */
export function countOf(name: string, text: string, range: Range): number {
  const count = numberIn(text, range);
  if (Number.isSafeInteger(count)) return count;
  throw new UsageError(`--${name} ${text}: give a whole number ${textOf(range)}`);
}

/** Whole numbers with commas between. @throws UsageError naming the option. */
export function countsOf(name: string, text: string, range: Range): number[] {
  const counts = text.split(',').map((part) => numberIn(part, range));
  if (counts.every(Number.isSafeInteger)) return counts;
  throw new UsageError(
    `--${name} ${text}: give whole numbers ${textOf(range)} with commas between them`,
  );
}

/** A number that need not be whole. @throws UsageError naming the option. */
export function numberOf(name: string, text: string, range: Range): number {
  const number = numberIn(text, range);
  if (!Number.isNaN(number)) return number;
  throw new UsageError(`--${name} ${text}: give a number ${textOf(range)}`);
}

/** NaN for what is no number, or beyond the range. To `Number` no text at all is 0. */
function numberIn(text: string, { min, max }: Range): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return number >= min && number <= max ? number : Number.NaN;
}

function textOf({ min, max }: Range): string {
  return `from ${min} to ${max}`;
}
