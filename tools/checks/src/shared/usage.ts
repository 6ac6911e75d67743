import { reportFailure, UsageError } from '@trending/runtime/usage';

/** @throws UsageError naming the option. */
export function countOf(name: string, text: string, { min, max }: { min: number; max: number }) {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min && value <= max)
    return value;
  throw new UsageError(`--${name} ${text}: give a whole number from ${min} to ${max}`);
}

export interface Outcome {
  readonly text: string;
  readonly ok: boolean;
  /** Instead of 0 or 1. */
  readonly exitCode?: number;
}

/** Runs a command: its text to standard output, its exit code; errors as one line. */
export async function runCommand(name: string, run: () => Promise<Outcome>): Promise<void> {
  try {
    const { text, ok, exitCode } = await run();
    process.stdout.write(text);
    process.exitCode = exitCode ?? (ok ? 0 : 1);
  } catch (error) {
    reportFailure(`npm run ${name}`, error);
  }
}
