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
}
