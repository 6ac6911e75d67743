import { createHash } from 'node:crypto';
import type { RankFormula } from '../domain/board.ts';
import { type Formula, formulaText } from '../domain/formula.ts';
import { builtInFormulas } from '../domain/formula-limits.ts';
import { scorerOf } from '../domain/score.ts';
import { ControlTable } from '../state/control-table.ts';

/** A formula ready to rank: its boards carry the SHA-256 (hex) of its canonical text. */
export function rankFormulaOf(formula: Formula): RankFormula {
  const text = formulaText(formula);
  return {
    ref: { id: formula.id, version: formula.version, hash: sha256(text) },
    scorer: scorerOf(formula),
    text,
  };
}

/** The formulas there are. */
export const formulas: readonly Formula[] = builtInFormulas;

/** The formulas that boards are computed for when no operator said anything. */
export const rankFormulas: readonly RankFormula[] = formulas.map(rankFormulaOf);

const builtIn = new Map(formulas.map((formula, index) => [formula, rankFormulas[index]]));

/** An empty control table: the built-in formulas, nothing held. */
export function createControlTable(): ControlTable {
  const rankFormula = (formula: Formula) => builtIn.get(formula) ?? rankFormulaOf(formula);
  return new ControlTable({ rankFormula, hash: sha256 });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
