import { TrendingTokens } from './trending-tokens.ts';

export type { BoardView } from '../subscribe/index.ts';
export type { Choice } from './parts/toolbar.ts';
export { TrendingTokens };

const elementName = 'trending-tokens';

declare global {
  interface HTMLElementTagNameMap {
    [elementName]: TrendingTokens;
  }
}

// Two bundles on one page (the page's own and an embed) must not break each other.
if (customElements.get(elementName) === undefined) {
  customElements.define(elementName, TrendingTokens);
}
