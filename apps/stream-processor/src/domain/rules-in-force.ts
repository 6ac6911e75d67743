import type { Board, WindowName } from '@trending/schemas';
import { type BoardPartName, type BoardSelection, partsOf } from './board-groups.ts';
import { ControlSteps } from './control-steps.ts';
import type { RuleSource, Rules } from './rules.ts';

const everyPart = partsOf({ all: true, scopes: true });

/**
 * By which rules the boards of an as-of time are made, and which boards were made by rules that are no longer in force. A window whose
 * sets rest would keep the old ones for as long as its pane: its boards may be made again at the latest as-of time any board had,
 * from the sets there are. So a word, or the time it named, reaches all boards as soon as the shortest window moves on; and since that
 * time comes from candidate sets, the same records give the same boards.
 */
export class RulesInForce {
  readonly #source: RuleSource;
  readonly #steps: ControlSteps;
  /** Latest as-of time of a window's boards. */
  readonly #asOf = new Map<string, number>();
  /** Marks of the rules that boards were last made by, by window and part. */
  readonly #made = new Map<string, string>();
  readonly #marks = new WeakMap<Rules, string>();

  /** `held`: the boards an earlier owner left. */
  constructor(source: RuleSource, held: ReadonlyMap<string, Board>) {
    this.#source = source;
    this.#steps = new ControlSteps(held.values());
    for (const { window, asOf } of held.values()) this.#reached(window, asOf);
  }

  /** The as-of time for boards of sets of `setsAsOf`, which never goes back, and its rules. */
  forBoards(
    window: WindowName,
    setsAsOf: number,
  ): { readonly asOf: number; readonly rules: Rules } {
    const latest = Math.max(setsAsOf, this.#asOf.get(window) ?? setsAsOf);
    const asOf = this.isOutdated(window) ? Math.max(latest, this.#steps.frontier) : latest;
    return { asOf, rules: this.#at(asOf) };
  }

  /** Remembers by which rules boards were made. */
  made(selection: BoardSelection, asOf: number, rules: Rules): void {
    const { window } = selection;
    this.#reached(window, asOf);
    for (const part of partsOf(selection)) this.#made.set(`${window} ${part}`, this.#markOf(rules));
  }

  /** Were boards of the window, or of one part of it, made by other rules than those of the latest as-of time? */
  isOutdated(window: WindowName, part?: BoardPartName): boolean {
    const asked = part === undefined ? everyPart : [part];
    const marks = asked.flatMap((name) => this.#made.get(`${window} ${name}`) ?? []);
    if (marks.length === 0) return false;
    const present = this.#markOf(this.#at(this.#steps.frontier));
    return marks.some((mark) => mark !== present);
  }

  /** All that is known by now, at the latest as-of time there was. */
  newest(): Rules {
    const { frontier } = this.#steps;
    return this.#source.at(Number.isFinite(frontier) ? frontier : 0, this.#source.offset);
  }

  #at(asOf: number): Rules {
    return this.#source.at(asOf, this.#steps.offsetFor(asOf, this.#source.offset));
  }

  #reached(window: string, asOf: number): void {
    this.#asOf.set(window, Math.max(asOf, this.#asOf.get(window) ?? asOf));
  }

  /** A text that differs where anything does that boards are made by. */
  #markOf(rules: Rules): string {
    const known = this.#marks.get(rules);
    if (known !== undefined) return known;
    const hashes = [...rules.formulas, ...rules.interleaves].map(({ ref }) => ref.hash);
    const mark = [rules.controlOffset, ...hashes, ...[...rules.held].sort()].join(' ');
    this.#marks.set(rules, mark);
    return mark;
  }
}
