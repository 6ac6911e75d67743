import {
  html,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import type { BoardView } from '../subscribe/index.ts';
import { type ExplainQuestion, ExplanationSource } from './explanation-source.ts';
import { whyPanel } from './parts/why-panel.ts';

const openDelayMs = 180;
const closeDelayMs = 140;

/** Which row is explained: by the mouse after a moment, by keyboard focus, or held open by a click. Escape closes. */
export class WhyController implements ReactiveController {
  token: string | undefined;
  readonly #host: ReactiveControllerHost & HTMLElement;
  #isHeld = false;
  #placed: string | undefined;
  #height = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #source: ExplanationSource;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    this.#source = new ExplanationSource(() => host.requestUpdate());
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.addEventListener('keydown', this.#onKey);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener('keydown', this.#onKey);
    clearTimeout(this.#timer);
    this.#source.stop();
  }

  /** Asks the gateway what is behind the score that is explained; to be told before every rendering, `now` in ms. */
  follow(
    reader: Pick<ExplainQuestion, 'endpoint' | 'accessToken'>,
    view: BoardView | undefined,
    now: number,
  ): void {
    const { token } = this;
    if (token === undefined || view === undefined) this.#source.stop();
    else {
      const version = `${view.epoch}.${view.seq}`;
      this.#source.follow({ ...reader, board: view.board, token }, version, now);
    }
  }

  /** Keeps the panel beside its row, which may be gliding elsewhere. */
  hostUpdated(): void {
    if (this.token === undefined) return;
    const root = this.#host.shadowRoot;
    const panel = root?.querySelector<HTMLElement>('#why');
    const row = root?.querySelector<HTMLElement>(`.row[data-token="${CSS.escape(this.token)}"]`);
    const board = panel?.parentElement;
    if (!panel || !row?.parentElement || !board) return;
    const boardBox = board.getBoundingClientRect();
    const list = row.parentElement.getBoundingClientRect().top;
    const place = [...row.parentElement.children].indexOf(row);
    // Not the height in whole pixels: a hundred rows add up what is rounded.
    const { height } = row.getBoundingClientRect();
    const below = list - boardBox.top + (place + 1) * height;
    const fitsBelow = boardBox.top + below + panel.offsetHeight < innerHeight;
    const above = below - height - panel.offsetHeight;
    // Opened for another row, or grown by what the gateway said, it is there at once: gliding there, it would pass under the pointer.
    const isAsItWas = this.#placed === this.token && this.#height === panel.offsetHeight;
    panel.classList.toggle('follows', isAsItWas);
    panel.style.setProperty('--top', `${fitsBelow || above < 0 ? below : above}px`);
    this.#placed = this.token;
    this.#height = panel.offsetHeight;
  }

  explain(token: string, how: 'hover' | 'focus' | 'toggle'): void {
    clearTimeout(this.#timer);
    if (how === 'toggle') this.#toggle(token);
    else if (this.#isHeld) return;
    else if (how === 'focus') this.#set(token);
    else this.#timer = setTimeout(() => this.#set(token), openDelayMs);
  }

  stop(how: 'hover' | 'focus'): void {
    if (this.#isHeld && how === 'hover') return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#set(undefined), closeDelayMs);
  }

  render(view: BoardView | undefined): TemplateResult {
    const item = view?.items.find(({ token }) => token === this.token);
    // The pointer may enter the panel without losing it.
    return html`<div
      id="why"
      class="why"
      part="why"
      role="region"
      aria-label="Why this score"
      ?hidden=${item === undefined}
      @pointerenter=${() => clearTimeout(this.#timer)}
      @pointerleave=${() => this.stop('hover')}
    >
      ${view === undefined || item === undefined ? '' : whyPanel(item, view.board, this.#source.answer)}
    </div>`;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.#set(undefined);
  };

  #toggle(token: string): void {
    const closes = this.#isHeld && this.token === token;
    this.#isHeld = !closes;
    this.#set(closes ? undefined : token);
  }

  #set(token: string | undefined): void {
    if (token === undefined) this.#isHeld = false;
    if (this.token === token) return;
    this.token = token;
    this.#placed = undefined;
    this.#host.requestUpdate();
  }
}
