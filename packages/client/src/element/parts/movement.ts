import { html, type TemplateResult } from 'lit';
import type { Movement } from '../movements.ts';

/** ▲3, ▼2, NEW or a quiet dash; the same in words for screen readers. */
export function movementBadge({ places, isNew }: Movement): TemplateResult {
  if (isNew) return html`<span class="move new" part="badge-new">NEW</span>`;
  if (places === 0) return html`<span class="move" aria-label="unchanged">–</span>`;
  const [way, sign] = places > 0 ? ['up', '▲'] : ['down', '▼'];
  const count = Math.abs(places);
  return html`<span class="move ${way}" part="arrow-${way}" role="img" aria-label="${way} ${count}">${sign}${count}</span>`;
}
