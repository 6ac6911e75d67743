import type { ViewerSpan } from '../domain/window-level.ts';
import { grown, RowList, rowsAtFirst } from './columns.ts';

/** Lists kept at hand: a power of two, and more than a window has panes in the longest windows. */
const listsAtHand = 64;

/** Per token: visitors U, networks D and effective visitors O (micro) of one window. */
export class LevelSums {
  readonly span: ViewerSpan;
  visitors = new Uint32Array(rowsAtFirst);
  networks = new Uint32Array(rowsAtFirst);
  effectiveMicro = new Float64Array(rowsAtFirst);
  /** Sum of `effectiveMicro` over all tokens. */
  totalMicro = 0;
  /** First pane of the window at the horizon. */
  firstPane = 0;
  /** Entries by the pane of their last view; an entry that was seen again since is also in a later list. */
  readonly expiry = new Map<number, RowList>();
  /** The lists asked for lately, each at its pane's place. */
  readonly #atHand = new Array<RowList | undefined>(listsAtHand);
  readonly #panesAtHand = new Array<number>(listsAtHand).fill(Number.NaN);

  constructor(span: ViewerSpan) {
    this.span = span;
  }

  /** The sums of one token. */
  of(token: number): { visitors: number; networks: number; effective: number } {
    return {
      visitors: this.visitors[token] as number,
      networks: this.networks[token] as number,
      effective: this.effectiveMicro[token] as number,
    };
  }

  /** Entries whose last view is in this pane. */
  listOf(pane: number): RowList {
    const place = pane & (listsAtHand - 1);
    if (this.#panesAtHand[place] === pane) return this.#atHand[place] as RowList;
    let list = this.expiry.get(pane);
    if (list === undefined) {
      list = new RowList();
      this.expiry.set(pane, list);
    }
    this.#atHand[place] = list;
    this.#panesAtHand[place] = pane;
    return list;
  }

  /** Forgets a pane that is over. */
  dropList(pane: number): void {
    this.expiry.delete(pane);
    const place = pane & (listsAtHand - 1);
    if (this.#panesAtHand[place] !== pane) return;
    this.#panesAtHand[place] = Number.NaN;
    this.#atHand[place] = undefined;
  }

  reserve(tokens: number): void {
    this.visitors = grown(this.visitors, tokens);
    this.networks = grown(this.networks, tokens);
    this.effectiveMicro = grown(this.effectiveMicro, tokens);
  }
}
