/** Closed list of error codes; `docs/errors.md` explains each. */
export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'BROKER_UNAVAILABLE'
  | 'APPEND_FAILED'
  | 'APPEND_TIMEOUT'
  | 'QUEUE_FULL'
  | 'REGISTRY_UNAVAILABLE'
  | 'SCHEMA_MISSING'
  | 'SCHEMA_INCOMPATIBLE'
  | 'TOPIC_MISSING'
  | 'INPUT_GAP'
  | 'STALLED'
  | 'CONSUMER_CRASHED'
  | 'CLICKHOUSE_UNAVAILABLE'
  | 'CLICKHOUSE_REJECTED'
  | 'SHUTDOWN_TIMEOUT'
  | 'INVARIANT_BROKEN';

export interface AppErrorOptions {
  readonly code: ErrorCode;
  /** What, where, and what to do. */
  readonly message: string;
  /** May the same call succeed later? */
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

/** An I/O or set-up failure with its fate; data problems are values, not errors. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retriable: boolean;

  constructor(options: AppErrorOptions) {
    super(options.message, { cause: options.cause });
    this.name = 'AppError';
    this.code = options.code;
    this.retriable = options.retriable ?? false;
  }
}

/** What was thrown, as an error: libraries may throw anything. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Is it an error that the same call may not meet again? Unknown errors are not. */
export function isRetriable(error: unknown): boolean {
  return error instanceof AppError && error.retriable;
}
