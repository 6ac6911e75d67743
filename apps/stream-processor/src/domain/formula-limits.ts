import { classicFormula, type Formula, trendingFormula, viewsFormula } from './formula.ts';

/** The formulas there are without any operator's word; boards of them always exist. */
export const builtInFormulas: readonly Formula[] = [viewsFormula, classicFormula, trendingFormula];

/** Least and greatest value, both allowed. */
type Limits = readonly [number, number];

const full = 1_000_000;
const weight: Limits = [0, full];
const count: Limits = [0, full];
/** Values that stand below a fraction line. */
const divisor: Limits = [1, full];

const limitsOf: Readonly<Record<string, Readonly<Record<string, Limits>>>> = {
  views: { minViews: divisor },
  classic: {
    changeFloorViews: divisor,
    changeMax: [0, 100],
    changeMin: [-1, 0],
    changeWeightMicro: weight,
    freshWeightMicro: weight,
    minViews: divisor,
    uniqueFloorViews: count,
    uniqueWeightMicro: weight,
    viewsWeightMicro: weight,
  },
  trending: {
    cohortHours: divisor,
    cohortTokensMin: divisor,
    expectedMinMicro: [1_000, 1_000 * full],
    horizonLossMicro: [0, full / 2],
    horizonPhiMicro: [0, 100 * full],
    hourIndexMax: [1, 100],
    integrityLeastMicro: weight,
    integrityToleranceMicro: [1_000, full],
    lastingKeptMicro: weight,
    lastingSupportedMicro: [1_000, 10 * full],
    phiHours: divisor,
    weekIndexMax: [1, 100],
  },
};

/** Parameters that are parts of a whole, by base. */
const partsOfWhole: Readonly<Record<string, readonly string[]>> = {
  classic: ['changeWeightMicro', 'freshWeightMicro', 'uniqueWeightMicro', 'viewsWeightMicro'],
};

/** Either all parameters of a formula, the base's own where none was given, or what is wrong with those given. */
export type CheckedParameters =
  | { readonly ok: true; readonly parameters: Formula['parameters'] }
  | { readonly ok: false; readonly problem: string };

/** Takes a formula's parameters only as a whole: known names, integers, within limits, and weights that sum to one. */
export function checkedParameters(base: string, given: unknown): CheckedParameters {
  const formula = builtInFormulas.find(({ id }) => id === base);
  if (formula === undefined) return wrong(`no formula "${base}" to build on: ${ids()}`);
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return wrong(`parameters of ${base} must be an object of integers`);
  const problems = Object.entries(given).flatMap(([name, value]) =>
    valueProblem(formula, name, value),
  );
  if (problems.length > 0) return wrong(problems.join('; '));
  const parameters: Formula['parameters'] = { ...formula.parameters, ...given };
  const whole = wholeProblem(base, parameters);
  return whole === undefined ? { ok: true, parameters } : wrong(whole);
}

/** Limits of a parameter of a built-in formula. */
export function limitsOfParameter(base: string, name: string): Limits {
  return limitsOf[base]?.[name] ?? (name.endsWith('Micro') ? [0, 10 * full] : count);
}

function valueProblem(formula: Formula, name: string, value: unknown): readonly string[] {
  if (!Object.hasOwn(formula.parameters, name)) {
    const known = Object.keys(formula.parameters).sort().join(', ');
    return [`${formula.id} has no parameter "${name.slice(0, 40)}": known are ${known}`];
  }
  const [least, greatest] = limitsOfParameter(formula.id, name);
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    return [`${name} must be an integer from ${least} to ${greatest}`];
  const isWithin = value >= least && value <= greatest;
  return isWithin ? [] : [`${name} is ${value}: give an integer from ${least} to ${greatest}`];
}

function wholeProblem(base: string, parameters: Formula['parameters']): string | undefined {
  const names = partsOfWhole[base];
  if (names === undefined) return undefined;
  const sum = names.reduce((total, name) => total + (parameters[name] ?? 0), 0);
  return sum === full ? undefined : `${names.join(' + ')} is ${sum}: it must be ${full}`;
}

function wrong(problem: string): CheckedParameters {
  return { ok: false, problem };
}

function ids(): string {
  return `known are ${builtInFormulas.map(({ id }) => id).join(', ')}`;
}
