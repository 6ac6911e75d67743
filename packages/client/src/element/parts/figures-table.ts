import type { ExplainAnswer } from '@trending/schemas/http/tokens';
import { html, nothing, type TemplateResult } from 'lit';
import { figuresOf } from '../figures.ts';

/** What is usual for a token, as a small table; nothing where the formula does not say. */
export function figuresTable(answer: ExplainAnswer | undefined): TemplateResult | typeof nothing {
  const figures = answer === undefined ? [] : figuresOf(answer);
  if (figures.length === 0) return nothing;
  return html`<table class="figures">
    <caption>What is usual here</caption>
    <tbody>
      ${figures.map(
        ({ label, value }) => html`<tr>
          <th scope="row">${label}</th>
          <td>${value}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
