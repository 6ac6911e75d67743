import { ClickHouseError } from '@clickhouse/client';
import { AppError } from '@trending/runtime';

/**
 * What went wrong, retriable. An answer with an exception code means refused; anything else (timeout, reset) leaves open whether an insert
 * landed. `hint`: what to look at, behind what the client says.
 */
export function clickHouseError(what: string, cause: unknown, hint = ''): AppError {
  const isRefused = cause instanceof ClickHouseError;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new AppError({
    code: isRefused ? 'CLICKHOUSE_REJECTED' : 'CLICKHOUSE_UNAVAILABLE',
    message: `${what}: ${text}${hint}`,
    retriable: true,
    cause,
  });
}
