import type { RankFormula } from './board.ts';

/** A board drafted from the boards of two formulas. */
export interface RankInterleave {
  readonly ref: RankFormula['ref'];
  readonly teams: readonly [RankFormula, RankFormula];
}

/** What operators want of the boards at one as-of time. */
export interface Rules {
  /** First control offset that was not looked at. */
  readonly controlOffset: number;
  readonly formulas: readonly RankFormula[];
  readonly interleaves: readonly RankInterleave[];
  /** Tokens that no public board shows. */
  readonly held: ReadonlySet<string>;
}

/** Where rules come from. `at` is a pure function of the control records below `offset`, and `asOf`. */
export interface RuleSource {
  /** First control offset that is not known yet. */
  readonly offset: number;
  at(asOf: number, offset: number): Rules;
}

/** The same rules with boards of these formulas alone. */
export function onlyFormulas(source: RuleSource, ids: readonly string[]): RuleSource {
  return {
    offset: source.offset,
    at(asOf, offset) {
      const rules = source.at(asOf, offset);
      const isWanted = ({ ref }: Pick<RankFormula, 'ref'>) => ids.includes(ref.id);
      return {
        ...rules,
        formulas: rules.formulas.filter(isWanted),
        interleaves: rules.interleaves.filter(isWanted),
      };
    },
  };
}

/** The same rules with more formulas; one of an id that is in force takes its place. */
export function withFormulas(source: RuleSource, more: readonly RankFormula[]): RuleSource {
  if (more.length === 0) return source;
  const ids = new Set(more.map(({ ref }) => ref.id));
  return {
    offset: source.offset,
    at(asOf, offset) {
      const rules = source.at(asOf, offset);
      const others = rules.formulas.filter(({ ref }) => !ids.has(ref.id));
      return { ...rules, formulas: [...others, ...more] };
    },
  };
}

/** Rules that never change. */
export function fixedRules(formulas: readonly RankFormula[]): RuleSource {
  const rules = { controlOffset: 0, formulas, interleaves: [], held: new Set<string>() };
  return { offset: 0, at: () => rules };
}
