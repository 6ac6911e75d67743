import type { Flags } from '../preflight/index.mjs';
import type { Reporter } from './reporter.ts';
import type { RunningStack } from './run-file.ts';

export interface RunSettings {
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
  /** Aborted when the user wants it to end, also while it is still starting. */
  readonly aborted: AbortSignal;
}

/** A stack that runs until it is stopped or fails. */
export interface Stack {
  /** First line of the framed block: what runs, and what becomes of the data. */
  readonly note: string;
  description(): RunningStack;
  /** Rejects when a service fails for good. */
  readonly failed: Promise<never>;
  /** Ends everything; never throws, callable twice. */
  stop(): Promise<void>;
}

/** Rejects as soon as the signal is aborted, whatever the work does then. */
export function unlessAborted<T>(aborted: AbortSignal, work: Promise<T>): Promise<T> {
  const interrupted = new Promise<never>((_, reject) => {
    if (aborted.aborted) reject(aborted.reason);
    aborted.addEventListener('abort', () => reject(aborted.reason), { once: true });
  });
  return Promise.race([work, interrupted]);
}
