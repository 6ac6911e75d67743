import type { ControlWord } from '../domain/control-word.ts';
import { type ControlTable, formulasMax } from '../state/control-table.ts';

interface FormulaLine {
  readonly id: string;
  readonly version: number;
  readonly hash: string;
  /** Canonical text of a scored formula, the ids of a drafted one. */
  readonly made: unknown;
  readonly isServed: boolean;
  /** ISO 8601; null for built-in formulas. */
  readonly since: string | null;
  readonly author: string | null;
  readonly reason: string | null;
}

export interface WordLine {
  readonly offset: number;
  readonly key: string;
  readonly version: number;
  readonly effectiveFrom: string;
  readonly says: unknown;
  readonly author: string;
  readonly reason: string;
}

export interface ListAnswer {
  readonly controlOffset: number;
  readonly asOf: string;
  readonly formulas: readonly FormulaLine[];
  readonly held: readonly WordLine[];
  /** Words whose time has not come and that nothing replaced. */
  readonly planned: readonly WordLine[];
}

/** What is in force at `asOf`, and what is planned. */
export function listAnswer(table: ControlTable, asOf: number): ListAnswer {
  const { offset } = table;
  const { held } = table.at(asOf, offset);
  const words = table.history();
  const formulas = table.standings(asOf, offset).map(({ id, word, formula }, place) => ({
    id,
    version: formula.ref.version,
    hash: formula.ref.hash,
    made: 'teams' in formula ? formula.teams.map(({ ref }) => ref.id) : JSON.parse(formula.text),
    isServed: place < formulasMax,
    since: word === undefined ? null : isoOf(word.effectiveFrom),
    author: word?.author ?? null,
    reason: word?.reason ?? null,
  }));
  const isLast = (word: ControlWord) =>
    !words.some((later) => later.key === word.key && later.offset > word.offset);
  return {
    controlOffset: offset,
    asOf: isoOf(asOf),
    formulas,
    held: words
      .filter((word) => word.key.startsWith('suppress:') && held.has(word.id))
      .filter((word) => word.effectiveFrom <= asOf)
      .filter((word, index, all) => !all.slice(index + 1).some(({ key }) => key === word.key))
      .map(lineOf),
    planned: words.filter((word) => word.effectiveFrom > asOf && isLast(word)).map(lineOf),
  };
}

/** The last `limit` words, oldest first. */
export function historyAnswer(table: ControlTable, limit: number): readonly WordLine[] {
  const words = table.history();
  return words.slice(Math.max(0, words.length - limit)).map(lineOf);
}

function lineOf({
  offset,
  key,
  version,
  effectiveFrom,
  says,
  author,
  reason,
}: ControlWord): WordLine {
  return {
    offset,
    key,
    version,
    effectiveFrom: isoOf(effectiveFrom),
    says: saysOf(says),
    author,
    reason,
  };
}

function saysOf(says: ControlWord['says']): unknown {
  switch (says.kind) {
    case 'formula':
      return says.formula === null ? 'withdrawn' : says.formula.parameters;
    case 'interleave':
      return says.interleave === null ? 'withdrawn' : says.interleave.teams;
    case 'suppress':
      if (!says.isHeld) return 'released';
      return says.until === null ? 'held' : `held until ${isoOf(says.until)}`;
  }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
