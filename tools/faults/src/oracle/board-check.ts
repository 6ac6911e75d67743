import { type Window, windows } from '@trending/schemas';
import { type Difference, differenceOf } from './differences.ts';
import { getJson } from './http.ts';
import type { PaneCounts } from './pane-counts.ts';

export interface ServedBoard {
  readonly board: { readonly asOf: string };
  readonly totals: { readonly views: number };
  readonly items: readonly { readonly token: string; readonly rawViews: number }[];
}

/** Below this a token may be absent from a board: twice the highest floor. */
const surelyRanked = 80;

export function servedBoard(
  gatewayUrl: string,
  window: string,
  limitMs?: number,
): Promise<ServedBoard> {
  const query = `window=${window}&formula=views&limit=100`;
  return getJson(`${gatewayUrl}/api/v1/tokens/trending?${query}`, limitMs);
}

/** The boards of every window over REST against the counts of the log, token by token and in total. */
export async function boardDifferences(
  gatewayUrl: string,
  tokens: readonly string[],
  counts: PaneCounts,
): Promise<Difference[]> {
  const found = windows.map(async (window) => {
    const served = await servedBoard(gatewayUrl, window.name);
    return differencesOn(served, window, { tokens, counts });
  });
  return (await Promise.all(found)).flat();
}

function differencesOn(
  { board, totals, items }: ServedBoard,
  window: Window,
  { tokens, counts }: { readonly tokens: readonly string[]; readonly counts: PaneCounts },
): Difference[] {
  const asOf = Date.parse(board.asOf);
  const actual = new Map(items.map(({ token, rawViews }) => [token, rawViews]));
  let sum = 0;
  const each = tokens.flatMap((token, index) => {
    const expected = counts.inWindow(index, window, asOf);
    sum += expected;
    const shown = actual.get(token);
    if (shown === undefined && expected < surelyRanked) return [];
    return differenceOf(`board ${window.name} ${token}`, expected, shown ?? 0);
  });
  return [...each, ...differenceOf(`board ${window.name} total`, sum, totals.views)];
}
