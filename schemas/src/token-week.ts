/** A token's own week: how much more than its usual share of the site it has in each hour of it; never less than 1. */
export interface TokenWeek {
  /** The hours before it were read, ms. */
  readonly computedAt: number;
  /** Most weeks that an hour of the week was seen in. */
  readonly weeks: number;
  /** {@link hoursOfWeek} indices from Monday 00:00 UTC on, micro: 1 000 000 = as its share of the site tells. */
  readonly indexMicro: readonly number[];
}

export const hoursOfWeek = 168;

const prefix = 'week|';

/** Key of the record of the metadata topic that tells a token's week. No chain's name has a bar in it. */
export function weekKeyOf(token: string): string {
  return prefix + token;
}

/** The token whose week a record of the metadata topic tells, or undefined where it tells what else is known of a token. */
export function tokenOfWeekKey(key: string): string | undefined {
  return key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
}
