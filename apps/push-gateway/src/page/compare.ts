import '@trending/client/element';
import type { BoardView, Choice, TrendingTokens } from '@trending/client/element';
import { byId } from './by-id.ts';
import { RankHistory } from './compare/rank-history.ts';
import { startTheme } from './theme.ts';

const [left, right] = [byId('left') as TrendingTokens, byId('right') as TrendingTokens];
startTheme({
  get theme() {
    return left.theme;
  },
  set theme(theme) {
    for (const board of [left, right]) board.theme = theme;
  },
});
const history = new RankHistory();
left.addEventListener('board-update', (event) =>
  history.observe((event as CustomEvent<BoardView>).detail),
);
follow(left, right);
follow(right, left);

/** A window, chain or category chosen on one side is meant for both; each keeps its formula. */
function follow(chosen: TrendingTokens, other: TrendingTokens): void {
  chosen.addEventListener('board-change', (event) => {
    const { window, chain, category } = (event as CustomEvent<Choice>).detail;
    Object.assign(other, { window, chain, category });
  });
}
