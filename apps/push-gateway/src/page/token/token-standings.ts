import {
  chainLook,
  figuresTable,
  frameItemOf,
  periodText,
  scoreText,
  shownParts,
  whySentence,
} from '@trending/client/look';
import { defaultFormula } from '@trending/schemas/formulas';
import type { ExplainAnswer, StandingAnswer } from '@trending/schemas/http/tokens';
import { html, type TemplateResult } from 'lit';
import { boardOrder } from './board-order.ts';

type Standing = StandingAnswer['standings'][number];

const windowOrder = ['5m', '1h', '6h', '24h'];

/** The four windows side by side: where the token stands on the board over everything. */
export function windowCards(standings: readonly Standing[]): TemplateResult {
  const main = mainStandings(standings);
  return html`<div class="windows">
    ${windowOrder.map((name) =>
      windowCard(
        name,
        main.find(({ board }) => board.window === name),
      ),
    )}
  </div>`;
}

function windowCard(name: string, standing: Standing | undefined): TemplateResult {
  const href = `/?${new URLSearchParams({ window: name })}`;
  return html`<a class="card window ${standing === undefined ? 'absent' : ''}" href=${href}>
    <h2>Last ${periodText(name)}</h2>
    ${
      standing === undefined
        ? html`<b class="big">–</b><p>not on this board</p>`
        : html`<b class="big">#${standing.item.rank}</b>
            <p>of ${standing.places} · score ${scoreText(standing.item.scoreMicro, standing.board.formula.id)}</p>`
    }
  </a>`;
}

/** The standing that is explained: the best on the main boards, else on any. */
export function bestStanding(standings: readonly Standing[]): Standing | undefined {
  return mainStandings(standings)[0] ?? standings[0];
}

/** What its best score is made of, with the sum, and what is usual where the gateway has said it. */
export function whyCard(
  standings: readonly Standing[],
  answer: ExplainAnswer | undefined,
): TemplateResult {
  const best = bestStanding(standings);
  if (best === undefined) {
    return html`<section class="card"><h2>Why this score</h2><p>It is on no board now.</p></section>`;
  }
  const item = frameItemOf(best.item);
  return html`<section class="card">
    <h2>Why #${item.rank} on ${boardName(best)}</h2>
    <p>${whySentence(item, best.board.window)}</p>
    <ul class="parts">
      ${shownParts(item, best.board.formula.id).map(
        (part) => html`<li class=${part.micro < 0 ? 'minus' : 'plus'}>
          <span>${part.label}</span>
          <i aria-hidden="true" .style=${`--share:${Math.abs(part.share).toFixed(3)}`}></i>
          <b>${part.micro < 0 ? '−' : '+'}${scoreText(Math.abs(part.micro), best.board.formula.id)}</b>
        </li>`,
      )}
    </ul>
    <p class="sum"><span>Score</span><b>${scoreText(item.scoreMicro, best.board.formula.id)}</b></p>
    ${figuresTable(answer)}
  </section>`;
}

/** Every board it is on: one line per formula and scope, in an order that ranks do not change; one column per window. */
export function allStandings(standings: readonly Standing[]): TemplateResult {
  const lines = Map.groupBy(
    standings.toSorted((a, b) => boardOrder(a.board, b.board)),
    ({ board }) => `${scopeName(board.scope)}, ${board.formula.id}`,
  );
  return html`<section class="card">
    <h2>On every board</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Board</th>
            ${windowOrder.map((name) => html`<th class="number">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${[...lines].map(
            ([name, line]) => html`<tr>
              <td>${name}</td>
              ${windowOrder.map((window) => placeCell(line, window))}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function placeCell(line: readonly Standing[], window: string): TemplateResult {
  const standing = line.find(({ board }) => board.window === window);
  if (standing === undefined) return html`<td class="number"><small>–</small></td>`;
  const { item, places } = standing;
  return html`<td class="number"><b>#${item.rank}</b> <small>of ${places}</small></td>`;
}

/** On the board over everything, by the default formula; best rank first. */
function mainStandings(standings: readonly Standing[]): readonly Standing[] {
  return standings.filter(
    ({ board }) => board.scope === 'all' && board.formula.id === defaultFormula,
  );
}

function boardName({ board }: Standing): string {
  return `${scopeName(board.scope)}, last ${periodText(board.window)}`;
}

function scopeName(scope: string): string {
  if (scope === 'all') return 'All tokens';
  const [kind = '', name = ''] = scope.split(/:(.*)/s);
  return kind === 'chain' ? chainLook(name).label : `Category ${name}`;
}
