import type { Rejection } from './rejection.ts';

export const maxAheadMs = 60_000;
export const maxBehindMs = 24 * 3_600_000;

/** The time a view is counted at, and how it came about. `isBackfill`: too old for the live log. */
export interface EventTime {
  readonly viewedAt: number;
  readonly isTrusted: boolean;
  readonly isBackfill: boolean;
}

export interface EventTimeRequest {
  /** Event time a trusted publisher gave, ms; undefined = now. */
  readonly given: number | undefined;
  readonly receivedAt: number;
  readonly mayBackfill: boolean;
}

/**
 * ```
 *   backfill only   |<-------- 24 h, kept as given -------->|<- 60 s, becomes now ->|  refused
 * ------------------+---------------------------------------+-----------------------+---------
 *             now - 24 h                                   now                  now + 60 s
 * ```
 * Both ends of the kept range belong to it. A slightly fast clock must not push stream time ahead of everyone else's views.
 */
export function eventTime(request: EventTimeRequest): EventTime | Rejection {
  const { given, receivedAt, mayBackfill } = request;
  if (given === undefined) return { viewedAt: receivedAt, isTrusted: false, isBackfill: false };
  if (given > receivedAt + maxAheadMs)
    return refusal('viewed-at-in-future', 'viewedAt is more than 60 s ahead of the service clock');
  const isBackfill = given < receivedAt - maxBehindMs;
  if (isBackfill && !mayBackfill)
    return refusal(
      'viewed-at-too-old',
      'viewedAt is more than 24 h ago; older views need a key with the backfill scope',
    );
  return { viewedAt: Math.min(given, receivedAt), isTrusted: true, isBackfill };
}

function refusal(code: Rejection['code'], detail: string): Rejection {
  return { code, pointer: 'viewedAt', detail };
}
