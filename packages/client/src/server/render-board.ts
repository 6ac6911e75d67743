import type { BoardRef, FrameItem } from '@trending/schemas/frames';
import { addressOf, chainOf } from '@trending/schemas/token-key';
import { chainLook } from '../element/chains.ts';
import { compact, scoreText, shortAddress } from '../element/format.ts';

export interface RenderOptions {
  /** Where token links lead, `/<chain>/<address>` is added; default: `/token` on the page's own origin. */
  readonly tokenBase?: string;
  /** Text above the list; default names the board. */
  readonly caption?: string;
}

/** What is needed of a board; a `BoardView` is one. */
export interface RenderableBoard {
  readonly board: BoardRef;
  /** Epoch ms. */
  readonly asOf: number;
  readonly items: readonly FrameItem[];
}

/**
 * A board as plain HTML: a table with links, no style, no script. To stand inside `<trending-tokens>`, which shows it
 * until it runs, or by itself. Everything from outside is escaped.
 */
export function renderBoard(view: RenderableBoard, options: RenderOptions = {}): string {
  const { board, asOf, items } = view;
  const caption = options.caption ?? `Trending tokens, last ${board.window}`;
  const base = (options.tokenBase ?? '/token').replace(/\/+$/, '');
  const rows = items.map((item) => rowOf(item, board.formula, base)).join('\n');
  const empty = '<tr><td colspan="5">Nothing trends here yet.</td></tr>';
  return `<table class="trending-board" data-as-of="${new Date(asOf).toISOString()}">
<caption>${escaped(caption)}</caption>
<thead><tr><th scope="col">#</th><th scope="col">Token</th><th scope="col">Chain</th><th scope="col">Views</th><th scope="col">Score</th></tr></thead>
<tbody>
${items.length === 0 ? empty : rows}
</tbody>
</table>`;
}

function rowOf(item: FrameItem, formula: string, base: string): string {
  const [chain, address] = [chainOf(item.token), addressOf(item.token)];
  const href = `${base}/${encodeURIComponent(chain)}/${encodeURIComponent(address)}`;
  const name = item.symbol ?? shortAddress(address);
  const title = item.name ?? address;
  return `<tr data-token="${escaped(item.token)}"><td>${item.rank}</td><th scope="row"><a href="${escaped(href)}" title="${escaped(title)}">${escaped(name)}</a></th><td>${escaped(chainLook(chain).label)}</td><td>${compact(item.rawViews)}</td><td>${scoreText(item.scoreMicro, formula)}</td></tr>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
