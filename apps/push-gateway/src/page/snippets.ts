import type { Choice } from '@trending/client/element';
import { byId } from './by-id.ts';

/** Paste-ready ways to get the very board that is shown. */
export function showSnippets(choice: Choice): void {
  const query = new URLSearchParams({ window: choice.window, formula: choice.formula });
  if (choice.chain !== '') query.set('chain', choice.chain);
  else if (choice.category !== '') query.set('category', choice.category);
  const { origin } = location;
  byId('snippet-rest').textContent = `curl '${origin}/api/v1/tokens/trending?${query}'`;
  byId('snippet-stream').textContent = `curl -N '${origin}/api/v1/trending/stream?${query}'`;
  byId('snippet-embed').textContent = embedSnippet(origin, choice);
  byId('json-link').setAttribute('href', `/api/v1/tokens/trending?${query}`);
}

/** The element that shows this board on another site. */
export function embedSnippet(origin: string, choice: Choice): string {
  const { window, formula, chain, category } = choice;
  const attributes = Object.entries({ endpoint: origin, window, formula, chain, category })
    .filter(([, value]) => value !== '')
    .map(
      ([name, value]) => `${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`,
    );
  return (
    `<script type="module" src="${origin}/embed/v1/trending-tokens.js"></script>\n` +
    `<trending-tokens ${attributes.join(' ')}></trending-tokens>`
  );
}
