import { type JourneyKind, journey } from '../domain/journey.ts';
import type { ViewerSpan } from '../domain/window-level.ts';
import { grown, rowsAtFirst } from './columns.ts';
import { PaneLists } from './pane-lists.ts';

/** Per token: visitors U, returners R, networks D and effective visitors O (micro) of one period. */
export class LevelSums {
  readonly span: ViewerSpan;
  visitors = new Uint32Array(rowsAtFirst);
  /** Visitors with views in two finest panes or more. */
  returners = new Uint32Array(rowsAtFirst);
  /** Visitors that had been at another token before; of them those that went further; and those that began here and went on. */
  came = new Uint32Array(rowsAtFirst);
  further = new Uint32Array(rowsAtFirst);
  went = new Uint32Array(rowsAtFirst);
  networks = new Uint32Array(rowsAtFirst);
  effectiveMicro = new Float64Array(rowsAtFirst);
  /** Weight that the network cap takes away, micro, of the few tokens of which it takes any. */
  readonly #capped = new Map<number, number>();
  /** Sums over all tokens. */
  totalMicro = 0;
  totalVisitors = 0;
  totalReturners = 0;
  totalCame = 0;
  totalFurther = 0;
  totalWent = 0;
  /** First pane of the window at the horizon. */
  firstPane = 0;
  /** Entries by the pane of their last view and of those before; an entry that was seen again since is also in a later list. */
  readonly expiry = new PaneLists();
  #asked = -1;
  #answer = -1;

  constructor(span: ViewerSpan) {
    this.span = span;
  }

  /** The sums of one token. */
  of(token: number): {
    visitors: number;
    returners: number;
    networks: number;
    effective: number;
    capped: number;
  } {
    return {
      visitors: this.visitors[token] as number,
      returners: this.returners[token] as number,
      networks: this.networks[token] as number,
      effective: this.effectiveMicro[token] as number,
      capped: this.#capped.get(token) ?? 0,
    };
  }

  /** What a viewer's weight adds on top of the summed weight of its network, under the network's cap; micro. */
  cappedGain(summed: number, weight: number): number {
    const cap = this.span.networkCapMicro;
    return Math.min(summed + weight, cap) - Math.min(summed, cap);
  }

  /** So much more of a token's weight is above the cap of its network, or less if below 0; micro. */
  cap(token: number, change: number): void {
    if (change === 0) return;
    const capped = (this.#capped.get(token) ?? 0) + change;
    if (capped === 0) this.#capped.delete(token);
    else this.#capped.set(token, capped);
  }

  /** A visitor of whom that is known is one of the period's, or is no more. */
  countJourney(token: number, kind: JourneyKind, by: 1 | -1): void {
    if (kind === journey.further) {
      this.further[token] = (this.further[token] as number) + by;
      this.totalFurther += by;
    }
    if ((kind & journey.came) !== 0) {
      this.came[token] = (this.came[token] as number) + by;
      this.totalCame += by;
    } else if (kind === journey.went) {
      this.went[token] = (this.went[token] as number) + by;
      this.totalWent += by;
    }
  }

  reserve(tokens: number): void {
    this.visitors = grown(this.visitors, tokens);
    this.returners = grown(this.returners, tokens);
    this.came = grown(this.came, tokens);
    this.further = grown(this.further, tokens);
    this.went = grown(this.went, tokens);
    this.networks = grown(this.networks, tokens);
    this.effectiveMicro = grown(this.effectiveMicro, tokens);
  }

  /** The level's pane that holds a finest pane; that of -1 stays below every pane. One pane is asked for many times in a row. */
  paneOf(finestPane: number): number {
    if (finestPane === this.#asked) return this.#answer;
    this.#asked = finestPane;
    this.#answer = Math.floor(finestPane / this.span.finestPerPane);
    return this.#answer;
  }

  /** Is a finest pane in the window or ahead? */
  holds(finestPane: number): boolean {
    return this.paneOf(finestPane) >= this.firstPane;
  }
}
