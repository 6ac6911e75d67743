import { chainLook, fetchExplanation, hueOf, monogram, shortAddress } from '@trending/client/look';
import type { ExplainAnswer, StandingAnswer } from '@trending/schemas/http/tokens';
import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { HistoryChart } from './history-chart.ts';
import { historySeries } from './history-series.ts';
import {
  fetchHistory,
  fetchStanding,
  RequestRefused,
  type Span,
  spans,
  type TokenId,
  tokenFromPath,
} from './token-api.ts';
import { allStandings, bestStanding, whyCard, windowCards } from './token-standings.ts';

const refreshMs = 5_000;

type History = 'loading' | 'shown' | 'empty' | 'away';

/** The token page: where it stands now, why, and how it got there. */
export class TokenView extends LitElement {
  static override properties = {
    standing: { state: true },
    explanation: { state: true },
    problem: { state: true },
    span: { state: true },
    history: { state: true },
  };
  declare private standing: StandingAnswer | undefined;
  declare private explanation: ExplainAnswer | undefined;
  declare private problem: string | undefined;
  declare private span: Span;
  declare private history: History;

  readonly #id: TokenId | undefined = tokenFromPath(location.pathname);
  #chart: HistoryChart | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.span = spans[1] as Span;
    this.history = 'loading';
  }

  /** Light DOM: the page's style sheet and the chart's own apply. */
  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => void this.#refresh(), refreshMs);
    void this.#refresh();
  }

  override disconnectedCallback(): void {
    clearInterval(this.#timer);
    this.#chart?.close();
    super.disconnectedCallback();
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    const box = this.querySelector<HTMLElement>('.chart');
    if (box !== null) this.#chart = new HistoryChart(box);
    void this.#loadHistory();
  }

  protected override render(): TemplateResult {
    if (this.#id === undefined) return html`<h1>No such page</h1>`;
    const standings = this.standing?.standings ?? [];
    return html`${this.#title(this.#id)}
      ${this.problem === undefined ? '' : html`<p class="notice" role="alert">${this.problem}</p>`}
      ${windowCards(standings)} ${this.#historyCard()}
      <div class="columns">${whyCard(standings, this.explanation)} ${allStandings(standings)}</div>`;
  }

  #title({ chain, address }: TokenId): TemplateResult {
    const metadata = this.standing?.metadata;
    const symbol = metadata?.symbol ?? shortAddress(address);
    const look = chainLook(chain);
    return html`<div class="title">
      <span class="avatar" aria-hidden="true" .style=${`--hue:${hueOf(`${chain}:${address}`)}`}
        >${monogram(symbol)}</span
      >
      <div>
        <h1>${symbol} <span>${metadata?.name ?? ''}</span></h1>
        <p>
          <span class="chain" .style=${`--hue:${look.hue}`}>${look.label}</span>
          <code>${address}</code>
          ${metadata?.categories.map((name) => html`<span class="tag">${name}</span>`)}
        </p>
      </div>
    </div>`;
  }

  #historyCard(): TemplateResult {
    return html`<section class="card history" data-state=${this.history}>
      <div class="history-head">
        <h2>Views over time</h2>
        <div class="spans" role="group" aria-label="Time span">
          ${spans.map(
            (span) => html`<button
              type="button"
              aria-pressed=${span === this.span}
              @click=${() => this.#choose(span)}
            >${span.label}</button>`,
          )}
        </div>
      </div>
      <div class="chart"></div>
      <p class="chart-note" role="status">${historyNote(this.history)}</p>
    </section>`;
  }

  #choose(span: Span): void {
    this.span = span;
    this.history = 'loading';
    void this.#loadHistory();
  }

  async #refresh(): Promise<void> {
    if (this.#id === undefined || document.visibilityState === 'hidden') return;
    try {
      const standing = await fetchStanding(this.#id);
      // Shown together: what came a moment later would push the page down.
      this.explanation = await explanationOf(standing);
      this.standing = standing;
      this.problem = undefined;
      const symbol = this.standing.metadata?.symbol;
      if (symbol !== undefined) document.title = `${symbol} – Trending`;
    } catch (error) {
      this.problem =
        error instanceof RequestRefused ? error.message : 'The gateway is away; trying again.';
    }
  }

  async #loadHistory(): Promise<void> {
    const { span } = this;
    if (this.#id === undefined) return;
    try {
      const answer = await fetchHistory(this.#id, span, Date.now());
      if (span !== this.span) return;
      this.history = answer.points.length === 0 ? 'empty' : 'shown';
      this.#chart?.show(historySeries(answer));
    } catch {
      if (span === this.span) this.history = 'away';
    }
  }
}

async function explanationOf({
  token,
  standings,
}: StandingAnswer): Promise<ExplainAnswer | undefined> {
  const best = bestStanding(standings);
  if (best === undefined) return undefined;
  const { formula, window, scope } = best.board;
  const board = { formula: formula.id, window, scope };
  return fetchExplanation({ endpoint: '', accessToken: undefined, board, token });
}

function historyNote(state: History): string {
  switch (state) {
    case 'loading':
      return 'Loading its history…';
    case 'empty':
      return 'No views in this span.';
    case 'away':
      return 'The history is away right now. Its place on the boards above is live all the same.';
    case 'shown':
      return '';
  }
}
