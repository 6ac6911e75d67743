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
  byId('snippet-embed').textContent =
    `<script type="module" src="${origin}/embed/v1/trending-tokens.js"></script>\n` +
    `<trending-tokens endpoint="${origin}" window="${choice.window}"></trending-tokens>`;
  byId('json-link').setAttribute('href', `/api/v1/tokens/trending?${query}`);
}
