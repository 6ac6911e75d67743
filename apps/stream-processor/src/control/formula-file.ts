import { UsageError } from '@trending/runtime/usage';
import { controlWordOf, formulaKey, formulaParameters } from '../domain/control-word.ts';
import type { Formula } from '../domain/formula.ts';

/** A formula as its file says it; whether the parameters are right is judged with the word. */
export interface FormulaFile {
  readonly id: string;
  readonly version: number | undefined;
  /** Canonical JSON for the control record. */
  readonly parameters: string;
}

const fields = ['id', 'version', 'base', 'parameters'];

/** @throws UsageError saying what is wrong with the text. @param name of the file, for the message */
export function formulaFileOf(text: string, name: string): FormulaFile {
  const wrong = (what: string) => new UsageError(`${name}: ${what}`);
  const file = parsed(text);
  if (typeof file !== 'object' || file === null || Array.isArray(file))
    throw wrong('no JSON object {"id", "parameters", "base"?, "version"?}');
  const unknown = Object.keys(file).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw wrong(`"${unknown}": known are ${fields.join(', ')}`);
  const { id, version, base, parameters = {} } = file as Record<string, unknown>;
  if (typeof id !== 'string') throw wrong('"id" must be a text');
  if (version !== undefined && !Number.isSafeInteger(version))
    throw wrong('"version" must be an integer');
  if (base !== undefined && typeof base !== 'string') throw wrong('"base" must be a text');
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters))
    throw wrong('"parameters" must be an object of integers');
  const bad = Object.entries(parameters).find(([, value]) => !Number.isSafeInteger(value));
  if (bad !== undefined) throw wrong(`${bad[0]} must be an integer`);
  const numbers = parameters as Record<string, number>;
  const whole = { parameters: numbers, ...(base === undefined ? {} : { base }) };
  return { id, version: version as number | undefined, parameters: formulaParameters(whole) };
}

/**
 * The formula of a file that is tried and not said to anybody, whole. @throws UsageError for what npm run control would refuse, and for
 * drafted boards, which have no scores of their own
 */
export function triedFormula(text: string, name: string): Formula {
  const { id, version = 1, parameters } = formulaFileOf(text, name);
  const control = { kind: 'formula', id, version, parameters, effectiveFrom: 0 };
  const word = controlWordOf({
    ...{ key: formulaKey(id), offset: 0, timestamp: 0 },
    control: { ...control, author: '', reason: '' },
  });
  if ('problem' in word) throw new UsageError(`${name}: ${word.problem}`);
  const { says } = word;
  if (says.kind === 'formula' && says.formula !== null) return says.formula;
  throw new UsageError(`${name}: a drafted board has no scores of its own; try its formulas`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
