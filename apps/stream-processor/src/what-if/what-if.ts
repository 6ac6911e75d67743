import { UsageError } from '@trending/runtime/usage';
import { type FeatureSet, windows } from '@trending/schemas';
import type { RankFormula } from '../domain/board.ts';
import { type Remembered, Rescored } from '../domain/rescore.ts';
import { rankFormulaOf } from '../tasks/rank-formulas.ts';
import { differenceOf, type StepDifference, type TotalDifference, totalOf } from './compare.ts';
import type { WhatIfOptions } from './options.ts';

/** A minute of features as remembered, with the formulas that were in force. */
export type Step = Remembered & Pick<FeatureSet, 'formulas' | 'candidates'>;

export interface WhatIfResult {
  readonly tried: RankFormula['ref'];
  /** The served formula's id, and every version of it that was met. */
  readonly against: string;
  readonly versions: readonly number[];
  readonly total: TotalDifference;
  readonly steps: readonly StepDifference[];
  /** Looks at which the tokens remembered were not all that could have ranked. */
  readonly cut: number;
}

type Compared = Pick<WhatIfOptions, 'window' | 'scope' | 'limit' | 'against'>;

/** Compares, look by look, what was served with what the formula would have shown. */
export class WhatIf {
  readonly #options: Compared;
  readonly #tried: RankFormula;
  readonly #base: string;
  readonly #known = new Map<string, RankFormula>();
  readonly #steps: StepDifference[] = [];
  readonly #versions = new Set<number>();
  #against: string | undefined;
  #cut = 0;

  /** @param base id of the built-in formula whose code scores the tried one */
  constructor(options: Compared, tried: RankFormula, base: string) {
    this.#options = options;
    this.#tried = tried;
    this.#base = base;
    this.#against = options.against;
  }

  /** Takes the next look, in the order of time. @throws UsageError when the formula to compare with was not served then */
  look(step: Step): void {
    const window = windows.find(({ name }) => name === this.#options.window);
    if (window === undefined) return;
    const { scope, limit } = this.#options;
    const past = new Rescored(step, window, [scope]);
    const tokens = (formula: RankFormula) =>
      past.board(formula, scope).map(({ candidate }) => candidate.token);
    const served = this.#servedBy(step);
    this.#versions.add(served.ref.version);
    if (step.candidates > step.items.length) this.#cut += 1;
    const boards = { served: tokens(served), tried: tokens(this.#tried) };
    this.#steps.push(differenceOf(step.asOf, boards, limit));
  }

  result(): WhatIfResult {
    return {
      tried: this.#tried.ref,
      against: this.#against ?? this.#base,
      versions: [...this.#versions].sort((a, b) => a - b),
      total: totalOf(this.#steps),
      steps: this.#steps,
      cut: this.#cut,
    };
  }

  #servedBy({ formulas, asOf }: Step): RankFormula {
    const inForce = formulas.map((text) => this.#formulaOf(text));
    this.#against ??= [this.#tried.ref.id, this.#base].find((id) =>
      inForce.some(({ ref }) => ref.id === id),
    );
    const found = inForce.find(({ ref }) => ref.id === this.#against);
    if (found !== undefined) return found;
    const at = new Date(asOf).toISOString();
    const known = inForce.map(({ ref }) => ref.id).join(', ');
    throw new UsageError(`${this.#against} was not served at ${at}: there were ${known}`);
  }

  #formulaOf(text: string): RankFormula {
    const known = this.#known.get(text) ?? rankFormulaOf(JSON.parse(text));
    this.#known.set(text, known);
    return known;
  }
}
