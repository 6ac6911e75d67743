import '@trending/client/element';
import type { Choice, TrendingTokens } from '@trending/client/element';
import { byId } from './by-id.ts';
import { startDemo } from './demo.ts';
import { fetchPageConfig } from './page-config.ts';
import { showSnippets } from './snippets.ts';
import { startTheme } from './theme.ts';

const choices = ['window', 'formula', 'chain', 'category'] as const;

const board = document.querySelector<TrendingTokens>('trending-tokens');
if (board !== null) void start(board);

async function start(board: TrendingTokens): Promise<void> {
  startTheme(board);
  readAddress(board);
  showSnippets(board);
  board.addEventListener('board-change', (event) => {
    writeAddress((event as CustomEvent<Choice>).detail);
    showSnippets(board);
  });
  const config = await fetchPageConfig();
  byId('version').textContent = `Trending ${config.version}`;
  if (config.demoUrl !== null) startDemo(config.demoUrl, board);
}

/** The address bar holds the chosen board, so a link shows the same one. */
function readAddress(board: TrendingTokens): void {
  const query = new URLSearchParams(location.search);
  for (const name of choices) {
    const value = query.get(name);
    if (value !== null) board[name] = value;
  }
}

function writeAddress(choice: Choice): void {
  const query = new URLSearchParams();
  for (const name of choices) if (choice[name] !== '') query.set(name, choice[name]);
  history.replaceState(null, '', `?${query}`);
}
