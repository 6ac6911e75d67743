/** A board's scope: `all`, `chain:<c>` or `category:<k>`. */
export type Scope = string;

export const scopeAll = 'all';
/** Tokens that operators hold back, and those under suspicion: a board for operators, never served to the public. */
export const scopeSuspected = 'suspected';
export const chainScope = (chain: string): Scope => `chain:${chain}`;
export const categoryScope = (category: string): Scope => `category:${category}`;

/** The boards' record key. */
export function boardKey(formula: string, window: string, scope: Scope): string {
  return `${formula}|${window}|${scope}`;
}
