/** A place a token held from one time on; rank undefined = not on the board. */
export interface RankPoint {
  readonly at: number;
  readonly rank: number | undefined;
}

export interface RankLine {
  readonly token: string;
  readonly points: readonly RankPoint[];
}

export interface RankSeries {
  readonly lines: readonly RankLine[];
  /** Times of the steps, ms, rising. */
  readonly times: readonly number[];
}

/** What is read of a board, one line of a replay's file. */
export interface PlottedBoard {
  readonly asOf: number;
  readonly items: readonly { readonly rank: number; readonly token: string }[];
}

export interface BoardName {
  readonly formula: string;
  readonly window: string;
  readonly scope: string;
}

export interface SeriesSettings {
  /** Time between two points, ms. */
  readonly everyMs: number;
  /** Ranks drawn. */
  readonly ranksMax: number;
}

/** Reads one line; undefined when it is another board's. @throws Error for a line that is no board */
export function plottedBoard(line: string, wanted: BoardName): PlottedBoard | undefined {
  const { formula, window, scope, asOf, items } = JSON.parse(line) ?? {};
  if (typeof formula?.id !== 'string' || typeof asOf !== 'number' || !Array.isArray(items))
    throw new Error('it lacks formula, asOf or items');
  const isWanted =
    formula.id === wanted.formula && window === wanted.window && scope === wanted.scope;
  if (!isWanted) return undefined;
  return {
    asOf,
    items: items.map(({ rank, token }: { rank: number; token: string }) => ({ rank, token })),
  };
}

/**
 * Ranks over time of the tokens that ever stood among the first `ranksMax`. Boards that did not change are not in the file, so
 * each step shows the newest board at or before it.
 */
export function rankSeries(boards: Iterable<PlottedBoard>, settings: SeriesSettings): RankSeries {
  const { everyMs, ranksMax } = settings;
  const chosen = [...boards].sort((a, b) => a.asOf - b.asOf);
  const [first, last] = [chosen[0]?.asOf ?? 0, chosen.at(-1)?.asOf ?? -1];
  const times: number[] = [];
  for (let at = Math.ceil(first / everyMs) * everyMs; at <= last; at += everyMs) times.push(at);
  const boardsAt = newestAt(chosen, times);
  const ranks = boardsAt.map((board) => ranksOf(board, ranksMax));
  const tokens = [...new Set(ranks.flatMap((of) => [...of.keys()]))].sort();
  const lines = tokens.map((token) => ({
    token,
    points: times.map((at, i) => ({ at, rank: ranks[i]?.get(token) })),
  }));
  return { times, lines };
}

function newestAt(
  boards: readonly PlottedBoard[],
  times: readonly number[],
): (PlottedBoard | undefined)[] {
  let next = 0;
  return times.map((at) => {
    while ((boards[next]?.asOf ?? Number.POSITIVE_INFINITY) <= at) next += 1;
    return boards[next - 1];
  });
}

function ranksOf(board: PlottedBoard | undefined, ranksMax: number): Map<string, number> {
  const shown = board?.items.filter(({ rank }) => rank <= ranksMax) ?? [];
  return new Map(shown.map(({ token, rank }) => [token, rank]));
}
