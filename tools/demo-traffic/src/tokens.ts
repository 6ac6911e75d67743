import { readFileSync } from 'node:fs';

export interface DemoToken {
  readonly chain: string;
  readonly address: string;
  readonly symbol: string;
  readonly name: string;
  readonly categories: readonly string[];
}

/** Real tokens of several chains, with made-up popularity. */
export const demoTokens: readonly DemoToken[] = JSON.parse(
  readFileSync(new URL('../data/tokens.json', import.meta.url), 'utf8'),
);
