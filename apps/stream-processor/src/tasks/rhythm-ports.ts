import type { Log, Serde } from '@trending/kafka';
import type { TokenMetadata } from '@trending/schemas';

/** Whole hours since the epoch: `hours` of them from `firstHour` on. */
export interface HourRange {
  readonly firstHour: number;
  readonly hours: number;
}

/**
 * What the hourly roll-up of the views holds; numbers are views by hour of the range, 0 where there are none. Errors: AppError
 * CLICKHOUSE_UNAVAILABLE or CLICKHOUSE_REJECTED, both retriable. An aborted signal ends a question early.
 */
export interface RhythmSource {
  siteViews(range: HourRange, signal: AbortSignal): Promise<Float64Array>;
  /** Tokens with history and views enough for a week of their own, the most viewed first, at most `rhythmTokensMax`. */
  regularTokens(range: HourRange, signal: AbortSignal): Promise<readonly string[]>;
  /** Of some tokens, at most {@link tokensPerQuestion}. */
  viewsOf(
    tokens: readonly string[],
    range: HourRange,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Float64Array>>;
  close(): Promise<void>;
}

/** Their names stand in the address of a question, which servers bound. */
export const tokensPerQuestion = 64;

export interface RhythmPorts {
  readonly log: Log;
  readonly source: RhythmSource;
  /** With its prefix. */
  readonly metadataTopic: string;
  readonly metadata: Serde<TokenMetadata>;
}
