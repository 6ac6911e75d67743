import { byStanding, type Standing } from '../domain/token-order.ts';

/** Where a {@link TopSet} looks up its tokens. */
export interface StandingSource {
  standingOf(token: number): Standing;
  /** All tokens of the set's scope that have views in the window; O(tokens). */
  scan(visit: (token: number) => void): void;
}

/**
 * The best `size` tokens of one (window, scope), kept by an admission threshold: the set holds exactly the tokens not below it.
 * Tokens report each change of standing, which costs O(1); only when fewer than `size` are left are all tokens
 * scanned, and then twice as many are taken in, so a scan is paid for by at least `size` tokens that fell out before.
 */
export class TopSet {
  readonly #size: number;
  readonly #source: StandingSource;
  readonly #members = new Set<number>();
  /** Last standing that is admitted; undefined = every token with views is. */
  #threshold: Standing | undefined;
  /** The best as last told, while no change of standing can have changed them. */
  #best: BestTokens | undefined;
  /** Full scans made; for tests and measurements. */
  scans = 0;

  constructor(size: number, source: StandingSource) {
    this.#size = size;
    this.#source = source;
  }

  /** Must be called when a token's standing changed, with the new one. */
  update(token: number, standing: Standing): void {
    const isMember = standing.views > 0 && this.#admits(standing);
    if (isMember) this.#members.add(token);
    else this.#members.delete(token);
    const best = this.#best;
    if (best === undefined) return;
    const isBest = isMember && (best.last === undefined || byStanding(standing, best.last) <= 0);
    if (isBest !== best.tokens.has(token)) this.#best = undefined;
  }

  /** The best `size` of the `active` tokens that have views, in no particular order; the same list while they are the same. */
  top(active: number): readonly number[] {
    if (this.#members.size < Math.min(this.#size, active)) this.#rescan();
    if (this.#members.size > 4 * this.#size) this.#tighten([...this.#members]);
    this.#best ??= this.#findBest();
    return this.#best.list;
  }

  #findBest(): BestTokens {
    const members = [...this.#members];
    if (members.length <= this.#size)
      return { list: members, tokens: new Set(members), last: undefined };
    const list = this.#select(members, this.#size);
    return { list, tokens: new Set(list), last: this.#worstOf(list) };
  }

  #admits(standing: Standing): boolean {
    return this.#threshold === undefined || byStanding(standing, this.#threshold) <= 0;
  }

  #rescan(): void {
    this.scans += 1;
    this.#best = undefined;
    const all: number[] = [];
    this.#source.scan((token) => all.push(token));
    this.#members.clear();
    for (const token of all) this.#members.add(token);
    this.#threshold = undefined;
    if (all.length > 2 * this.#size) this.#tighten(all);
  }

  /** Keeps the best 2 · size and makes the last of them the threshold. */
  #tighten(tokens: number[]): void {
    const best = this.#select(tokens, 2 * this.#size);
    this.#members.clear();
    for (const token of best) this.#members.add(token);
    this.#threshold = this.#worstOf(best);
  }

  #worstOf(tokens: readonly number[]): Standing {
    const standings = tokens.map((token) => this.#source.standingOf(token));
    return standings.reduce((a, b) => (byStanding(a, b) > 0 ? a : b));
  }

  #select(tokens: readonly number[], count: number): number[] {
    const placed = tokens.map((token) => ({ id: token, standing: this.#source.standingOf(token) }));
    selectBest(placed, count);
    return placed.slice(0, count).map(({ id }) => id);
  }
}

/** The best tokens of a set. */
interface BestTokens {
  readonly list: readonly number[];
  readonly tokens: ReadonlySet<number>;
  /** The standing that was the worst of theirs when they were found; undefined = all members are among them. */
  readonly last: Standing | undefined;
}

interface Placed {
  readonly id: number;
  readonly standing: Standing;
}

/** Quickselect (Hoare): afterwards the first `count` elements are the best ones. The order is total, so they are unique. */
function selectBest(list: Placed[], count: number): void {
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const [leftEnd, rightStart] = partition(list, low, high);
    if (count <= leftEnd) high = leftEnd;
    else if (count > rightStart) low = rightStart;
    else return;
  }
}

/** Better ones to the left, worse ones to the right of a pivot; returns the last of the left and the first of the right. */
function partition(list: Placed[], low: number, high: number): [number, number] {
  const { standing: pivot } = list[(low + high) >> 1] as Placed;
  let left = low;
  let right = high;
  while (left <= right) {
    while (byStanding((list[left] as Placed).standing, pivot) < 0) left += 1;
    while (byStanding((list[right] as Placed).standing, pivot) > 0) right -= 1;
    if (left > right) break;
    const swapped = list[left] as Placed;
    list[left] = list[right] as Placed;
    list[right] = swapped;
    left += 1;
    right -= 1;
  }
  return [right, left];
}
