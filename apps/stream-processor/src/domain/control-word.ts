import { type Control, isTokenKey } from '@trending/schemas';
import { canonicalJson } from './canonical-json.ts';
import type { Formula } from './formula.ts';
import { builtInFormulas, checkedParameters } from './formula-limits.ts';

/** Two formulas drafted into one board; `teams` are their ids. */
export interface Interleave {
  readonly id: string;
  readonly version: number;
  readonly teams: readonly [string, string];
}

/** What an operator's record says. `null` withdraws: the built-in formula again, or none; the token shown again. */
export type ControlSaying =
  | { readonly kind: 'formula'; readonly formula: Formula | null }
  | { readonly kind: 'interleave'; readonly interleave: Interleave | null }
  | { readonly kind: 'suppress'; readonly until: number | null; readonly isHeld: boolean };

/** A record of the control topic that was understood. */
export interface ControlWord {
  readonly key: string;
  /** Formula id or token. */
  readonly id: string;
  readonly offset: number;
  /** First event time it is in force at, ms; of a tombstone the record's own time. */
  readonly effectiveFrom: number;
  readonly says: ControlSaying;
  readonly version: number;
  readonly author: string;
  readonly reason: string;
}

/** A record of the control topic as read; `control` is null for a tombstone. */
export interface ControlRecord {
  readonly key: string;
  readonly offset: number;
  readonly timestamp: number;
  readonly control: Control | null;
  /** Of a tombstone, which has no room for them. */
  readonly author?: string;
  readonly reason?: string;
}

export const formulaKey = (id: string) => `formula:${id}`;
export const suppressKey = (token: string) => `suppress:${token}`;

const idForm = /^[a-z][a-z0-9-]{0,23}$/;
const interleaveForm = /^interleave:([a-z][a-z0-9-]{0,23})\+([a-z][a-z0-9-]{0,23})$/;
const versionMax = 1_000_000;
const timeMax = 8_640_000_000_000_000;

type Said = ControlSaying | { readonly problem: string };

/** Reads one record: a word in force from some event time, or what is wrong with it. Never throws. */
export function controlWordOf(record: ControlRecord): ControlWord | { readonly problem: string } {
  const { key, offset, timestamp, control } = record;
  const colon = key.indexOf(':');
  const [kind, id] = [key.slice(0, Math.max(0, colon)), key.slice(colon + 1)];
  const says = control === null ? withdrawal(kind, id) : sayingOf(kind, id, control);
  if ('problem' in says) return says;
  const effectiveFrom = control?.effectiveFrom ?? timestamp;
  if (!isTime(effectiveFrom)) return { problem: 'effectiveFrom must be epoch milliseconds' };
  const { version, author, reason } = control ?? { version: 0, author: '', reason: '', ...record };
  return { key, id, offset, effectiveFrom, says, version, author, reason };
}

function withdrawal(kind: string, id: string): Said {
  if (kind === 'suppress') return { kind, until: null, isHeld: false };
  if (kind !== 'formula') return unknownKind(kind);
  return interleaveForm.test(id)
    ? { kind: 'interleave', interleave: null }
    : { kind, formula: null };
}

function sayingOf(kind: string, id: string, control: Control): Said {
  if (control.kind !== kind || control.id !== id)
    return { problem: `the value is of ${control.kind}:${control.id}, the key of ${kind}:${id}` };
  const parameters = parsed(control.parameters);
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters))
    return { problem: 'parameters are no JSON object' };
  if (kind === 'suppress') return suppression(id, parameters);
  if (kind !== 'formula') return unknownKind(kind);
  const { version } = control;
  if (!Number.isInteger(version) || version < 1 || version > versionMax)
    return { problem: `version must be an integer from 1 to ${versionMax}` };
  const [, one, two] = interleaveForm.exec(id) ?? [];
  if (one !== undefined && two !== undefined)
    return interleaveOf({ id, version, teams: [one, two] }, parameters);
  return formulaOf(id, version, parameters);
}

function interleaveOf(interleave: Interleave, parameters: object): Said {
  const [one, two] = interleave.teams;
  if (one === two) return { problem: `interleave two formulas, not ${one} with itself` };
  if (Object.keys(parameters).length > 0)
    return { problem: 'an interleaving takes no parameters: {}' };
  return { kind: 'interleave', interleave };
}

/** Parameters stand alone, or under `parameters` with the `base` whose code they are for. */
function formulaOf(id: string, version: number, given: object): Said {
  if (!idForm.test(id))
    return { problem: `id "${id.slice(0, 60)}": lower case, digits and hyphens, at most 24` };
  const isWrapped = 'base' in given || 'parameters' in given;
  const unknown = isWrapped && Object.keys(given).find((n) => n !== 'base' && n !== 'parameters');
  if (typeof unknown === 'string') return { problem: `"${unknown}" beside base and parameters` };
  const isBuiltIn = builtInFormulas.some((formula) => formula.id === id);
  const base = 'base' in given ? given.base : id;
  if (typeof base !== 'string') return { problem: 'base must be the id of a built-in formula' };
  if (isBuiltIn && base !== id) return { problem: `${id} is built in: its base is ${id}` };
  const inner = 'parameters' in given ? given.parameters : {};
  const checked = checkedParameters(base, isWrapped ? inner : given);
  if (!checked.ok) return { problem: checked.problem };
  const { parameters } = checked;
  return {
    kind: 'formula',
    formula: { id, version, parameters, ...(isBuiltIn ? {} : { base }) },
  };
}

function suppression(token: string, parameters: object): Said {
  if (!isTokenKey(token)) return { problem: 'a token is written chain:address' };
  const { until = null, release = false, ...others } = parameters as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return { problem: `a suppression has no "${unknown}"` };
  if (typeof release !== 'boolean') return { problem: 'release must be true or false' };
  if (until !== null && !isTime(until)) return { problem: 'until must be epoch milliseconds' };
  return { kind: 'suppress', until, isHeld: !release };
}

function unknownKind(kind: string): Said {
  return {
    problem: `key of kind "${kind.slice(0, 40)}": known are formula:<id>, suppress:<token>`,
  };
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= timeMax;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The record value of a formula: canonical, so that equal words have equal bytes. */
export function formulaParameters(given: {
  readonly base?: string;
  readonly parameters: Readonly<Record<string, number>>;
}): string {
  const { base, parameters } = given;
  return canonicalJson(base === undefined ? { ...parameters } : { base, parameters });
}
