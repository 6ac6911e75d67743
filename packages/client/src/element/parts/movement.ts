import { html, type TemplateResult } from 'lit';
import type { Movement } from '../movements.ts';

/** ▲3, ▼2, NEW or a quiet dash; the same in words for screen readers. */
export function movementBadge({ places, isNew }: Movement): TemplateResult {
  if (isNew) return html`<span class="move new" part="badge-new">NEW</span>`;
  if (places === 0) return html`<span class="move" aria-label="unchanged">–</span>`;
  const count = Math.abs(places);
  return places > 0
    ? html`<span class="move up" part="arrow-up" role="img" aria-label="up ${count}">▲${count}</span>`
    : html`<span class="move down" part="arrow-down" role="img" aria-label="down ${count}">▼${count}</span>`;
}
