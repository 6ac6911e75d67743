import {
  type AttackCost,
  type Attacker,
  attackCostOf,
  attackerNames,
  medianCost,
} from '../../domain/attack-cost.ts';
import type { RankFormula } from '../../domain/board.ts';
import type { Evaluation, EvaluationItem, EvaluationStep } from '../evaluation.ts';
import type { World } from './world.ts';

/** Minutes between two looks at what a place among the first ten would cost. */
const everyMinutes = 180;
/** Middle of what was asked in the judged time, by kind of attacker. */
export type AttackCosts = Readonly<Record<Attacker, AttackCost>>;

/** What the first ten cost the token of middling popularity, on the board of each formula. */
export class Prices {
  readonly #world: World;
  readonly #formulas: readonly RankFormula[];
  readonly #token: string;
  readonly #found: readonly Map<Attacker, AttackCost[]>[];

  constructor(world: World, formulas: readonly RankFormula[]) {
    this.#world = world;
    this.#formulas = formulas;
    this.#token = world.nameOf(Math.floor(world.settings.tokens / 2));
    this.#found = formulas.map(() => new Map(attackerNames.map((name) => [name, []])));
  }

  /** Asks now and then for the prices of the step that the evaluation has just made. */
  look({ asOf, boards }: EvaluationStep, evaluation: Evaluation): void {
    const minute = this.#world.minuteOf(asOf);
    const isJudged = minute >= this.#world.settings.judgedFrom * 1_440;
    const features = isJudged && minute % everyMinutes === 0 && evaluation.featuresOf(this.#token);
    if (!features) return;
    for (const [index, formula] of this.#formulas.entries())
      this.#ask(index, { ...features, formula, tenthMicro: tenthOf(boards[index] ?? []) });
  }

  /** Of the formula with this place in the list. */
  of(index: number): AttackCosts {
    const found = this.#found[index];
    const costs = attackerNames.map((name) => [name, medianCost(found?.get(name) ?? [])]);
    return Object.fromEntries(costs) as AttackCosts;
  }

  #ask(index: number, asked: Parameters<typeof attackCostOf>[1]): void {
    for (const name of attackerNames)
      this.#found[index]?.get(name)?.push(attackCostOf(name, asked));
  }
}

function tenthOf(items: readonly EvaluationItem[]): number {
  return Math.round((items[9]?.score ?? 0) * 1e6);
}
