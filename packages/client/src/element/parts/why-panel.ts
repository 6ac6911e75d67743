import type { BoardRef, FrameItem } from '@trending/schemas/frames';
import type { ExplainAnswer } from '@trending/schemas/http/tokens';
import { html, type TemplateResult } from 'lit';
import { type ScorePart, shownParts, whySentence } from '../explain.ts';
import { scoreText } from '../format.ts';
import { figuresTable } from './figures-table.ts';

/** Why this score: a sentence, the signed parts as bars, their sum, and what is usual as soon as the gateway has said it. */
export function whyPanel(
  item: FrameItem,
  board: BoardRef,
  answer: ExplainAnswer | undefined,
): TemplateResult {
  return html`<h3>Why ${item.symbol ?? 'this token'} is #${item.rank}</h3>
    <p>${whySentence(item, board.window)}</p>
    <ul class="parts">
      ${shownParts(item, board.formula).map((part) => partLine(part, board.formula))}
    </ul>
    <p class="sum"><span>Score</span><b>${scoreText(item.scoreMicro, board.formula)}</b></p>
    ${figuresTable(answer)}`;
}

function partLine({ label, micro, share }: ScorePart, formula: string): TemplateResult {
  const sign = micro < 0 ? '−' : '+';
  return html`<li class=${micro < 0 ? 'minus' : 'plus'}>
    <span>${label}</span>
    <i aria-hidden="true" .style=${`--share:${Math.abs(share).toFixed(3)}`}></i>
    <b>${sign}${scoreText(Math.abs(micro), formula)}</b>
  </li>`;
}
