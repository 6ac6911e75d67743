import type { BoardRef, FrameItem } from '@trending/schemas/frames';
import { html, type TemplateResult } from 'lit';
import { type ScorePart, scoreParts, whySentence } from '../explain.ts';
import { scoreText } from '../format.ts';

/** Why this score: a sentence, the signed parts as bars, and their sum. */
export function whyPanel(item: FrameItem, board: BoardRef): TemplateResult {
  return html`<h3>Why ${item.symbol ?? 'this token'} is #${item.rank}</h3>
    <p>${whySentence(item, board.window)}</p>
    <ul class="parts">
      ${scoreParts(item).map((part) => partLine(part, board.formula))}
    </ul>
    <p class="sum"><span>Score</span><b>${scoreText(item.scoreMicro, board.formula)}</b></p>`;
}

function partLine({ label, micro, share }: ScorePart, formula: string): TemplateResult {
  const sign = micro < 0 ? '−' : '+';
  return html`<li class=${micro < 0 ? 'minus' : 'plus'}>
    <span>${label}</span>
    <i aria-hidden="true" .style=${`--share:${Math.abs(share).toFixed(3)}`}></i>
    <b>${sign}${scoreText(Math.abs(micro), formula)}</b>
  </li>`;
}
