import type { FrameItem } from '@trending/schemas/frames';
import { addressOf, chainOf } from '@trending/schemas/token-key';
import { html, nothing, type TemplateResult } from 'lit';
import type { BoardRow } from '../board-controller.ts';
import { chainLook } from '../chains.ts';
import { changeText, compact, hueOf, monogram, scoreText, shortAddress } from '../format.ts';
import { movementBadge } from './movement.ts';
import { sparkline } from './sparkline.ts';

/** What the element does when somebody acts on a row. */
export interface RowActions {
  readonly explain: (token: string, how: 'hover' | 'focus' | 'toggle') => void;
  readonly stopExplaining: (how: 'hover' | 'focus') => void;
  readonly copy: (token: string) => void;
}

export interface RowModel extends BoardRow {
  readonly formula: string;
  readonly href: string;
  /** From the top, counted from 0. */
  readonly place: number;
  /** Whether it is in view or soon may be: then it is laid out at once. */
  readonly isNear: boolean;
  readonly isExplained: boolean;
  readonly isHighlighted: boolean;
  readonly isCopied: boolean;
}

/** One row of the board. */
export function row(model: RowModel, actions: RowActions): TemplateResult {
  const { item } = model;
  return html`<div
    class="row ${model.isHighlighted ? 'highlight' : ''} ${item.rank <= 3 ? 'podium' : ''} ${model.isNear ? 'near' : ''}"
    part="row"
    role="row"
    data-token=${item.token}
    .style=${`translate:0 ${model.place}00%`}
    @pointerenter=${(event: PointerEvent) => {
      if (event.pointerType === 'mouse') actions.explain(item.token, 'hover');
    }}
    @pointerleave=${() => actions.stopExplaining('hover')}
  >
    <span class="rank" part="rank" role="cell">${item.rank}</span>
    <span class="cell-move" role="cell">${movementBadge(model)}</span>
    <span class="token" role="cell">${tokenCell(model, actions)}</span>
    <span class="trend" role="cell">${sparkline(item.sparkline)}</span>
    <span class="number views" role="cell" title="${item.rawViews} views">
      ${compact(item.rawViews)} ${changeSince(item)}
    </span>
    <span class="number visitors" role="cell">${compact(item.visitors)}</span>
    <span class="score" role="cell">${scoreButton(model, actions)}</span>
  </div>`;
}

function tokenCell(model: RowModel, actions: RowActions): TemplateResult {
  const { item, href, isCopied } = model;
  const address = addressOf(item.token);
  const symbol = item.symbol ?? shortAddress(address);
  const chain = chainLook(chainOf(item.token));
  return html`${avatar(item, symbol)}
    <span class="names">
      <a class="name" part="token-link" href=${href} title=${item.name ?? symbol}>
        <b>${symbol}</b> <span>${item.name ?? nothing}</span>
      </a>
      <span class="meta">
        <span class="chain" part="chain" .style=${`--hue:${chain.hue}`}>${chain.label}</span>
        <code title=${address}>${shortAddress(address)}</code>
        <button
          class="copy"
          type="button"
          aria-label="Copy address of ${symbol}"
          @click=${() => actions.copy(item.token)}
        >${isCopied ? '✓' : copyIcon}</button>
      </span>
    </span>`;
}

const copyIcon = html`<svg viewBox="0 0 16 16" aria-hidden="true">
  <rect x="5.5" y="5.5" width="8" height="8" rx="2" />
  <path d="M10.5 3.2v-.2a1.5 1.5 0 0 0-1.5-1.5H4A2 2 0 0 0 2 3.5v5A1.5 1.5 0 0 0 3.2 10" />
</svg>`;

function avatar(item: FrameItem, symbol: string): TemplateResult {
  return html`<span class="avatar" part="avatar" aria-hidden="true" .style=${`--hue:${hueOf(item.token)}`}
    >${monogram(symbol)}</span
  >`;
}

function changeSince(item: FrameItem): TemplateResult | typeof nothing {
  const text = changeText(item.rawViews, item.previousViews);
  if (text === '') return nothing;
  return html`<small class=${item.rawViews > item.previousViews ? 'up' : 'down'}>${text}</small>`;
}

function scoreButton(model: RowModel, actions: RowActions): TemplateResult {
  const { item, isExplained, strength } = model;
  const score = scoreText(item.scoreMicro, model.formula);
  return html`<button
    class="why-button"
    part="score"
    type="button"
    aria-expanded=${isExplained}
    aria-controls="why"
    aria-label="Score ${score}: why?"
    @focus=${() => actions.explain(item.token, 'focus')}
    @blur=${() => actions.stopExplaining('focus')}
    @click=${() => actions.explain(item.token, 'toggle')}
  >
    <span>${score}</span>
    <i class="meter" aria-hidden="true" .style=${`--strength:${strength}`}></i>
  </button>`;
}
