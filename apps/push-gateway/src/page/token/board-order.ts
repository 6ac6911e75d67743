import { defaultFormula } from '@trending/schemas/formulas';
import type { StandingAnswer } from '@trending/schemas/http/tokens';

type Head = Pick<StandingAnswer['standings'][number]['board'], 'formula' | 'scope'>;

/** Compares by formula, the default one first, then by scope: all tokens, chains, categories. */
export function boardOrder(a: Head, b: Head): number {
  return compared(formulaKey(a), formulaKey(b)) || compared(scopeKey(a), scopeKey(b));
}

function formulaKey({ formula }: Head): string {
  return `${formula.id === defaultFormula ? 0 : 1}${formula.id}`;
}

function scopeKey({ scope }: Head): string {
  if (scope === 'all') return '0';
  return `${scope.startsWith('chain:') ? 1 : 2}${scope}`;
}

function compared(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
