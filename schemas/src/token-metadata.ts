import type { TokenWeek } from './token-week.ts';

/** What is known of a token besides its views; a null record value deletes it. Times in ms. */
export interface TokenMetadata {
  readonly chain: string;
  readonly address: string;
  readonly name: string;
  readonly symbol: string;
  readonly categories: readonly string[];
  readonly createdAt: number | null;
  readonly logoUri: string | null;
  readonly updatedAt: number;
  /** Only in records under a key of `weekKeyOf`, which tell nothing else. */
  readonly week?: TokenWeek | null;
}
