import { type WindowName, windowNames } from '@trending/schemas/windows';
import { html, type TemplateResult } from 'lit';
import type { BoardOptions } from '../board-options.ts';
import { chainLook } from '../chains.ts';
import { periodText } from '../explain.ts';

interface FormulaChoice {
  readonly id: string;
  readonly label: string;
}

const everywhere: readonly FormulaChoice[] = [
  { id: 'trending', label: 'Trending' },
  { id: 'classic', label: 'Classic' },
  { id: 'views', label: 'Most viewed' },
];

/** What the toolbar shows as chosen. */
export interface Choice {
  readonly window: string;
  readonly formula: string;
  readonly chain: string;
  readonly category: string;
}

export type Choose = (change: Partial<Choice>) => void;

/** The windows as tabs: arrow keys, Home and End move, as the ARIA pattern for tabs asks. */
export function windowTabs(choice: Choice, choose: Choose): TemplateResult {
  return html`<div
    class="tabs"
    part="tabs"
    role="tablist"
    aria-label="Time window"
    @keydown=${(event: KeyboardEvent) => moveTab(event, choice, choose)}
  >
    ${windowNames.map(
      (name) => html`<button
        type="button"
        role="tab"
        part="tab"
        id="tab-${name}"
        aria-controls="board"
        aria-label="${name}: last ${periodText(name)}"
        aria-selected=${name === choice.window}
        tabindex=${name === choice.window ? 0 : -1}
        @click=${() => choose({ window: name })}
      >${name}</button>`,
    )}
  </div>`;
}

/** What every service has, then what operators added here. */
export function formulaChoices(found: readonly string[]): readonly FormulaChoice[] {
  const added = found.filter((id) => !everywhere.some((known) => known.id === id));
  return [...everywhere, ...added.map((id) => ({ id, label: labelOf(id) }))];
}

function labelOf(id: string): string {
  const drafted = id.startsWith('interleave:');
  return drafted ? id.slice('interleave:'.length).replace('+', ' + ') : capitalised(id);
}

export function formulaSwitch(
  choice: Choice,
  options: BoardOptions,
  choose: Choose,
): TemplateResult {
  return html`<div class="tabs" role="radiogroup" aria-label="Ranking" part="formulas">
    ${formulaChoices(options.formulas).map(
      ({ id, label }) => html`<label class="radio">
        <input
          type="radio"
          name="formula"
          .checked=${id === choice.formula}
          @change=${() => choose({ formula: id })}
        />
        <span>${label}</span>
      </label>`,
    )}
  </div>`;
}

/** A board is of one chain or of one category, never both: choosing one clears the other. */
export function filters(choice: Choice, options: BoardOptions, choose: Choose): TemplateResult {
  return html`<div class="filters" part="filters">
    ${select(
      { name: 'chain', any: 'All chains', chosen: choice.chain, values: options.chains },
      (chain) => choose({ chain, category: '' }),
    )}
    ${select(
      {
        name: 'category',
        any: 'All categories',
        chosen: choice.category,
        values: options.categories,
      },
      (category) => choose({ category, chain: '' }),
    )}
  </div>`;
}

interface Select {
  readonly name: 'chain' | 'category';
  readonly any: string;
  readonly chosen: string;
  readonly values: readonly string[];
}

function select(model: Select, choose: (value: string) => void): TemplateResult {
  const { name, any, chosen, values } = model;
  const shown = chosen === '' || values.includes(chosen) ? values : [...values, chosen];
  return html`<select
    part="select"
    aria-label="Filter by ${name}"
    class=${chosen === '' ? '' : 'chosen'}
    @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
  >
    <option value="" .selected=${chosen === ''}>${any}</option>
    ${shown.map(
      (value) =>
        html`<option value=${value} .selected=${value === chosen}>${
          name === 'chain' ? chainLook(value).label : capitalised(value)
        }</option>`,
    )}
  </select>`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replaceAll('-', ' ');
}

function moveTab(event: KeyboardEvent, choice: Choice, choose: Choose): void {
  const next = tabAfter(event.key, windowNames.indexOf(choice.window as WindowName));
  if (next === undefined) return;
  event.preventDefault();
  const name = windowNames[next];
  if (name === undefined) return;
  choose({ window: name });
  const tabs = (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role=tab]');
  tabs[next]?.focus();
}

/** The tab a key leads to from `current`; undefined for keys that do not move. */
export function tabAfter(key: string, current: number): number | undefined {
  const count = windowNames.length;
  switch (key) {
    case 'ArrowRight':
      return (current + 1) % count;
    case 'ArrowLeft':
      return (current - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
