import type { BoardView } from '@trending/client/element';
import { shortAddress } from '@trending/client/look';
import { addressOf, chainOf } from '@trending/schemas/token-key';
import { byId } from '../by-id.ts';
import { fetchRanks, type Span, spans } from '../token/token-api.ts';
import { RankChart } from './rank-chart.ts';
import { rankSeries } from './rank-series.ts';

const tokensShown = 5;
const refreshMs = 30_000;

/** The chart of where the leaders of a board stood before: asks when the board or the span changes, and now and then. */
export class RankHistory {
  readonly #chart = new RankChart(byId('chart'));
  #span: Span = spans[0] as Span;
  #view: BoardView | undefined;
  #askedFor = '';
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor() {
    for (const button of byId('spans').children)
      button.addEventListener('click', () => this.#choose(button));
  }

  observe(view: BoardView): void {
    this.#view = view;
    const { formula, window } = view.board;
    const key = [formula, window, this.#span.label].join();
    const isDue = performance.now() - this.#askedAt > refreshMs;
    if (view.items.length === 0 || (key === this.#askedFor && !isDue)) return;
    this.#askedFor = key;
    this.#askedAt = performance.now();
    void this.#load(view, key);
  }

  #choose(button: Element): void {
    this.#span = spans.find(({ label }) => label === button.textContent) ?? this.#span;
    for (const each of byId('spans').children)
      each.setAttribute('aria-pressed', String(each === button));
    if (this.#view !== undefined) this.observe(this.#view);
  }

  async #load(view: BoardView, key: string): Promise<void> {
    const { formula, window } = view.board;
    const leaders = view.items.slice(0, tokensShown);
    const wanted = { span: this.#span, window, formula, now: Date.now() };
    try {
      const answers = await Promise.all(
        leaders.map(({ token }) =>
          fetchRanks({ chain: chainOf(token), address: addressOf(token) }, wanted),
        ),
      );
      if (key !== this.#askedFor) return;
      const series = rankSeries(answers);
      const names = leaders.map(({ symbol, token }) => symbol ?? shortAddress(addressOf(token)));
      this.#chart.show({ names, series });
      say(series[0].length === 0 ? 'empty' : 'shown');
    } catch {
      if (key === this.#askedFor) say('away');
    }
  }
}

const notes = {
  shown: '',
  empty: 'No ranks in this span yet.',
  away: 'The history is away right now; the boards below are live all the same.',
} as const;

function say(state: keyof typeof notes): void {
  byId('ranks').setAttribute('data-state', state);
  byId('chart-note').textContent = notes[state];
}
