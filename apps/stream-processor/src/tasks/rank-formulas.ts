import { createHash } from 'node:crypto';
import type { RankFormula } from '../domain/board.ts';
import {
  classicFormula,
  type Formula,
  formulaText,
  trendingFormula,
  viewsFormula,
} from '../domain/formula.ts';
import { scorerOf } from '../domain/score.ts';

/** A formula ready to rank: its boards carry the SHA-256 (hex) of its canonical text. */
export function rankFormulaOf(formula: Formula): RankFormula {
  const hash = createHash('sha256').update(formulaText(formula)).digest('hex');
  return { ref: { id: formula.id, version: formula.version, hash }, scorer: scorerOf(formula) };
}

/** The formulas there are. */
export const formulas: readonly Formula[] = [viewsFormula, classicFormula, trendingFormula];

/** The formulas that boards are computed for. */
export const rankFormulas: readonly RankFormula[] = formulas.map(rankFormulaOf);
