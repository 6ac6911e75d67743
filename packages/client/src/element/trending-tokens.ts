import { defaultFormula } from '@trending/schemas/formulas';
import { categoryScope, chainScope, scopeAll } from '@trending/schemas/scopes';
import { addressOf, chainOf } from '@trending/schemas/token-key';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { baseUrl, type TransportName } from '../subscribe/index.ts';
import { BoardController, type BoardRow } from './board-controller.ts';
import { type BoardOptions, noOptions, shownLimit, withItems } from './board-options.ts';
import { RowGlide } from './flip.ts';
import { OptionsSource } from './options-source.ts';
import { connectionPill } from './parts/pill.ts';
import { type RowActions, type RowModel, row } from './parts/row.ts';
import { emptyState, problemState, skeletonRows } from './parts/states.ts';
import { type Choice, filters, formulaSwitch, windowTabs } from './parts/toolbar.ts';
import { placesInView, RowsInView } from './rows-in-view.ts';
import { styles } from './styles/all.ts';
import { WhyController } from './why-controller.ts';

const copiedForMs = 1_500;
const highlightForMs = 30_000;

/**
 * `<trending-tokens endpoint window chain category formula limit theme token-base transport>`: a live board.
 * Fires `board-change` (detail: {@link Choice}) when another board is chosen and `board-update` (detail:
 * {@link BoardView}) for every version shown.
 */
export class TrendingTokens extends LitElement {
  static override styles = styles;
  static override properties = {
    endpoint: {},
    window: { reflect: true },
    chain: { reflect: true },
    category: { reflect: true },
    formula: { reflect: true },
    limit: { type: Number },
    theme: { reflect: true },
    transport: {},
    tokenBase: { attribute: 'token-base' },
    accessToken: { attribute: false },
    options: { state: true },
    copied: { state: true },
    highlighted: { state: true },
  };

  /** Base URL of the gateway; empty is the page's own origin. */
  declare endpoint: string;
  declare window: string;
  declare chain: string;
  declare category: string;
  declare formula: string;
  /** Rows, 1 to 100; what is no number counts as 20. */
  declare limit: number;
  /** `light` or `dark`; otherwise the visitor's system decides. */
  declare theme: string | undefined;
  declare transport: TransportName;
  /** Where token links lead, `/<chain>/<address>` is added; default: the gateway's own token pages. */
  declare tokenBase: string | undefined;
  /** For private boards. A property only: an attribute would stand in the page's text. */
  declare accessToken: string | undefined;
  declare private options: BoardOptions;
  declare private copied: string | undefined;
  declare private highlighted: string | undefined;

  readonly #board = new BoardController(this, (view) => this.#fire('board-update', view));
  readonly #why = new WhyController(this);
  readonly #glide = new RowGlide();
  readonly #rowsInView = new RowsInView(() => this.requestUpdate());
  readonly #optionsSource = new OptionsSource((options) => {
    this.options = options;
  });

  readonly #actions: RowActions = {
    explain: (token, how) => this.#why.explain(token, how),
    stopExplaining: (how) => this.#why.stop(how),
    copy: (token) => void this.#copy(token),
  };

  constructor() {
    super();
    this.endpoint = '';
    this.window = '1h';
    this.chain = '';
    this.category = '';
    this.formula = defaultFormula;
    this.limit = 20;
    this.transport = 'auto';
    this.options = noOptions;
  }

  /** Marks a row for half a minute, whenever it is on the board. */
  highlight(token: string): void {
    this.highlighted = token;
    setTimeout(() => {
      if (this.highlighted === token) this.highlighted = undefined;
    }, highlightForMs);
  }

  /** Shows another board, as if the visitor had chosen it. */
  choose(change: Partial<Choice>): void {
    Object.assign(this, change);
    const { window, formula, chain, category } = this;
    this.#fire<Choice>('board-change', { window, formula, chain, category });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  protected override willUpdate(_changed: PropertyValues): void {
    // An update asked for before it left the page may come after; back on the page it asks for another one.
    if (!this.isConnected) return;
    const { accessToken, formula, window, transport } = this;
    const reader = { endpoint: baseUrl(this.endpoint), accessToken };
    const board = { formula, window, scope: this.#scope };
    this.#board.follow({ ...reader, board, limit: shownLimit(this.limit), transport });
    const isLive = this.#board.status === 'live';
    this.#optionsSource.follow(reader, isLive, Date.now());
    this.#why.follow(reader, this.#board.view, Date.now());
    this.options = withItems(this.options, this.#board.view?.items ?? []);
  }

  protected override update(changed: PropertyValues): void {
    this.#rowsInView.follow(this.#board.rows, () =>
      placesInView(this.renderRoot.querySelector<HTMLElement>('.rows')),
    );
    this.#glide.measure(this.#rows, this.#rowsInView.places);
    const focused = this.shadowRoot?.activeElement;
    super.update(changed);
    // A row that takes another place in the document drops the focus it held.
    const lost = focused instanceof HTMLElement && this.shadowRoot?.activeElement !== focused;
    if (lost) focused.focus({ preventScroll: true });
  }

  protected override updated(): void {
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (!isStill) this.#glide.play(this.#rows, this.#rowsInView.places);
  }

  protected override render(): TemplateResult {
    const choose = (change: Partial<Choice>) => this.choose(change);
    const { status, latency, announcer } = this.#board;
    return html`<section class="frame" part="frame" aria-label="Trending tokens">
      <div class="toolbar" part="toolbar">
        ${windowTabs(this, choose)} ${formulaSwitch(this, this.options, choose)}
        ${filters(this, this.options, choose)} ${connectionPill(status, latency.p50())}
      </div>
      <div
        id="board"
        class="board ${status}"
        part="board"
        role="tabpanel"
        aria-labelledby="tab-${this.window}"
        aria-busy=${this.#board.view === undefined}
      >
        ${this.#table()} ${this.#why.render(this.#board.view)}
      </div>
      <div class="unseen" role="status" aria-live="polite">
        ${status === 'live' ? announcer.text : `Connection: ${status}.`}
      </div>
    </section>`;
  }

  #table(): TemplateResult {
    const { view, problem } = this.#board;
    if (view === undefined && problem !== undefined) {
      return problemState(problem, () => this.#retry());
    }
    const limit = shownLimit(this.limit);
    return html`<div role="table" aria-label="Trending tokens, last ${this.window}">
      ${header}
      <div class="rows" role="rowgroup" .style=${`--rows:${limit}`}>
        ${view === undefined ? skeletonRows(limit) : nothing}
        ${repeat(
          this.#rowsInView.rows,
          (shown) => shown.item.token,
          (shown, place) => this.#row(shown, place),
        )}
        ${view?.items.length === 0 ? emptyState() : nothing}
      </div>
    </div>`;
  }

  #row(of: BoardRow, place: number): unknown {
    const { token } = of.item;
    const { near } = this.#rowsInView;
    const base = this.tokenBase ?? `${baseUrl(this.endpoint)}/token`;
    const model: RowModel = {
      ...of,
      formula: this.formula,
      place,
      isNear: place >= near.from && place < near.to,
      href: `${base}/${encodeURIComponent(chainOf(token))}/${encodeURIComponent(addressOf(token))}`,
      isExplained: this.#why.token === token,
      isHighlighted: this.highlighted === token,
      isCopied: this.copied === token,
    };
    return guard(Object.values(model), () => row(model, this.#actions));
  }

  get #rows(): Iterable<HTMLElement> {
    return this.renderRoot.querySelectorAll<HTMLElement>('.row[data-token]');
  }

  get #scope(): string {
    if (this.chain !== '') return chainScope(this.chain);
    return this.category === '' ? scopeAll : categoryScope(this.category);
  }

  #fire<T>(name: string, detail: T): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #retry(): void {
    this.#board.stop();
    this.requestUpdate();
  }

  async #copy(token: string): Promise<void> {
    await navigator.clipboard.writeText(addressOf(token)).catch(() => undefined);
    this.copied = token;
    setTimeout(() => {
      this.copied = undefined;
    }, copiedForMs);
  }
}

const header = html`<div class="head" role="row" part="head">
  <span role="columnheader" class="rank">#</span>
  <span role="columnheader" class="cell-move"><span class="unseen">Change</span></span>
  <span role="columnheader" class="token">Token</span>
  <span role="columnheader" class="trend">Trend</span>
  <span role="columnheader" class="number views">Views</span>
  <span role="columnheader" class="number visitors">Visitors</span>
  <span role="columnheader" class="score">Score</span>
</div>`;
