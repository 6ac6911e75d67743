import type { RankFormula } from '../domain/board.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { type ControlRecord, type ControlWord, controlWordOf } from '../domain/control-word.ts';
import type { Formula } from '../domain/formula.ts';
import { builtInFormulas } from '../domain/formula-limits.ts';
import type { RankInterleave, RuleSource, Rules } from '../domain/rules.ts';
import { byToken } from '../domain/token-order.ts';

/** Formulas with boards at one time, built-in and interleaved ones included. */
export const formulasMax = 8;
/** Keys remembered; a new one beyond is refused. */
export const keysMax = 20_000;
/** Words remembered of one key; older ones only matter to as-of times before them. */
const wordsPerKeyMax = 200;

/** How a formula is made ready, and a text hashed: both need more than pure code. */
export interface FormulaWorkshop {
  rankFormula(formula: Formula): RankFormula;
  /** SHA-256, hex. */
  hash(text: string): string;
}

/** A formula id with what is in force of it, and why it is not served if so. */
export interface FormulaStanding {
  readonly id: string;
  readonly word: ControlWord | undefined;
  readonly formula: RankFormula | RankInterleave;
}

/**
 * What operators said, in the order of the control topic. In force of a key at an as-of time is the *last* record written whose own
 * time has come; a later record thus replaces what was planned before it. Pure: the same records below the same offset give the
 * same rules at the same as-of time, whoever asks and when.
 */
export class ControlTable implements RuleSource {
  readonly #workshop: FormulaWorkshop;
  readonly #words = new Map<string, ControlWord[]>();
  readonly #builtIn: ReadonlyMap<string, RankFormula>;
  #offset = 0;
  #cached: { from: number; to: number; rules: Rules } | undefined;

  constructor(workshop: FormulaWorkshop) {
    this.#workshop = workshop;
    this.#builtIn = new Map(builtInFormulas.map((f) => [f.id, workshop.rankFormula(f)]));
  }

  get offset(): number {
    return this.#offset;
  }

  /** Takes the next record; what is wrong with it, if anything: then it changes nothing. Records seen before are passed over. */
  apply(record: ControlRecord): string | undefined {
    if (record.offset < this.#offset) return undefined;
    this.#offset = record.offset + 1;
    this.#cached = undefined;
    const word = controlWordOf(record);
    if ('problem' in word) return word.problem;
    const words = this.#words.get(word.key) ?? [];
    if (words.length === 0 && this.#words.size >= keysMax)
      return `more than ${keysMax} keys: withdraw some first`;
    this.#words.set(word.key, [...words, word].slice(-wordsPerKeyMax));
    return undefined;
  }

  /** A record that could not be read: it counts as seen. */
  passOver(offset: number): void {
    this.skipTo(offset + 1);
  }

  /** Everything below `offset` was seen, though compaction may have removed the last records. */
  skipTo(offset: number): void {
    if (offset <= this.#offset) return;
    this.#offset = offset;
    this.#cached = undefined;
  }

  /** Every word remembered, in the order of the topic. */
  history(): ControlWord[] {
    return [...this.#words.values()].flat().sort((a, b) => a.offset - b.offset);
  }

  at(asOf: number, offset: number): Rules {
    const cached = this.#cached;
    if (cached?.rules.controlOffset === offset && cached.from <= asOf && asOf < cached.to)
      return cached.rules;
    const rules = this.#rulesAt(asOf, offset);
    this.#cached = { ...this.#unchangedAround(asOf, offset), rules };
    return rules;
  }

  #rulesAt(asOf: number, offset: number): Rules {
    const standings = this.standings(asOf, offset);
    const served = standings.slice(0, formulasMax).map(({ formula }) => formula);
    const held = new Set<string>();
    for (const word of this.#inForce(asOf, offset)) {
      const { says, id } = word;
      if (says.kind === 'suppress' && isHeld(says, asOf)) held.add(id);
    }
    return {
      controlOffset: offset,
      formulas: served.filter((formula): formula is RankFormula => !isInterleave(formula)),
      interleaves: served.filter(isInterleave),
      held,
    };
  }

  /**
   * Formulas at an as-of time: built-in ones first, then by the place of their record in the topic. Those from place `formulasMax` on
   * are not served. Interleavings whose teams are not in force are left out.
   */
  standings(asOf: number, offset: number): FormulaStanding[] {
    const words = this.#inForce(asOf, offset);
    const own = words.flatMap((word): FormulaStanding[] => {
      const formula = word.says.kind === 'formula' ? word.says.formula : null;
      if (formula === null) return [];
      return [{ id: word.id, word, formula: this.#workshop.rankFormula(formula) }];
    });
    const tuned = new Map(own.map((standing) => [standing.id, standing]));
    const builtIn = [...this.#builtIn].map(
      ([id, formula]) => tuned.get(id) ?? { id, word: undefined, formula },
    );
    const others = own.filter(({ id }) => !this.#builtIn.has(id));
    const singles = [...builtIn, ...others].slice(0, formulasMax);
    const pairs = words.flatMap((word) => this.#pairOf(word, singles));
    const rest = [...others, ...pairs].sort(
      (a, b) => (a.word?.offset ?? 0) - (b.word?.offset ?? 0),
    );
    return [...builtIn, ...rest];
  }

  #pairOf(word: ControlWord, singles: readonly FormulaStanding[]): FormulaStanding[] {
    const pair = word.says.kind === 'interleave' ? word.says.interleave : null;
    if (pair === null) return [];
    const [one, two] = pair.teams.map((id) => singles.find((single) => single.id === id)?.formula);
    if (one === undefined || two === undefined || isInterleave(one) || isInterleave(two)) return [];
    const { id, version } = pair;
    // The teams' hashes are in it: an interleaving changes with either of them.
    const text = canonicalJson({ id, version, teams: [one.ref.hash, two.ref.hash] });
    const ref = { id, version, hash: this.#workshop.hash(text) };
    return [{ id, word, formula: { ref, teams: [one, two] } }];
  }

  /** The word in force of every key, ordered by key. */
  #inForce(asOf: number, offset: number): ControlWord[] {
    const found: ControlWord[] = [];
    for (const words of this.#words.values()) {
      const word = words.findLast((w) => w.offset < offset && w.effectiveFrom <= asOf);
      if (word !== undefined) found.push(word);
    }
    return found.sort((a, b) => byToken(a.key, b.key));
  }

  /** The times around `asOf` between which no word begins or ends. */
  #unchangedAround(asOf: number, offset: number): { from: number; to: number } {
    const words = [...this.#words.values()].flat().filter((word) => word.offset < offset);
    let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const time of words.flatMap(timesOf)) {
      if (time <= asOf) from = Math.max(from, time);
      else to = Math.min(to, time);
    }
    return { from, to };
  }
}

function isInterleave(formula: RankFormula | RankInterleave): formula is RankInterleave {
  return 'teams' in formula;
}

function isHeld(
  says: { readonly until: number | null; readonly isHeld: boolean },
  asOf: number,
): boolean {
  return says.isHeld && (says.until === null || asOf < says.until);
}

function timesOf({ effectiveFrom, says }: ControlWord): readonly number[] {
  const until = says.kind === 'suppress' ? says.until : null;
  return until === null ? [effectiveFrom] : [effectiveFrom, until];
}
