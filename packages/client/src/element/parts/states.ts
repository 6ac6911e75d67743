import { html, type TemplateResult } from 'lit';

/** Grey rows of the final size, so nothing jumps when the real ones come. */
export function skeletonRows(count: number): TemplateResult {
  return html`${Array.from(
    { length: count },
    (_, place) => html`<div
      class="row skeleton"
      aria-hidden="true"
      .style=${`translate:0 ${place}00%`}
    >
      <span class="rank"><i></i></span><span></span>
      <span class="token"><i class="avatar"></i><span class="names"><i></i><i></i></span></span>
      <span class="trend"><i></i></span><span class="number views"><i></i></span>
      <span class="number visitors"><i></i></span><span class="score"><i></i></span>
    </div>`,
  )}`;
}

export function emptyState(): TemplateResult {
  return html`<div class="state" part="empty">
    <b>Nothing trends here yet</b>
    <p>A token appears as soon as enough different people look at it in this window.</p>
  </div>`;
}

export function problemState(problem: string, retry: () => void): TemplateResult {
  return html`<div class="state" part="error" role="alert">
    <b>This board cannot be shown</b>
    <p>${problem}</p>
    <button type="button" class="retry" @click=${retry}>Try again</button>
  </div>`;
}
