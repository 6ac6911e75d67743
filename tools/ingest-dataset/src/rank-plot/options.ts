import { parseArgs } from 'node:util';
import { countOf, numberOf } from '@trending/runtime/command-line';
import { UsageError } from '@trending/runtime/usage';
import type { BoardName, SeriesSettings } from './rank-series.ts';

export const rankPlotHelp = `Draws ranks over time from the file of a replay, as one SVG picture.

  npm run rank-plot -- BOARDS.ndjson --out ranks.svg

  BOARDS.ndjson   as npm run replay -- --into file writes it
  --formula ID    which board is drawn (default classic)
  --window NAME   of it (default 24h)
  --scope NAME    of it: all, chain:<c>, category:<k> (default all)
  --every HOURS   time between two points (default 12)
  --ranks N       places drawn, from 1 to 100 (default 10)
  --title TEXT    (default: the board's name)
  --out PATH      (default ranks.svg)
  --help
`;

export interface RankPlotOptions extends SeriesSettings {
  /** Of the boards. */
  readonly path: string;
  readonly board: BoardName;
  readonly title: string;
  readonly subtitle: string;
  /** Of the picture. */
  readonly out: string;
}

const msPerHour = 3_600_000;
/** More points than one every 36 s no picture shows. */
const hourRange = { min: 0.01, max: 8_784 };

/** @throws UsageError naming the option; whatever `parseArgs` throws for an option that is none. */
export function rankPlotOptions(args: readonly string[]): RankPlotOptions | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  const [path, ...more] = positionals;
  if (path === undefined) throw new UsageError('give the file of a replay, BOARDS.ndjson');
  if (more.length > 0) throw new UsageError(`one file only, not also ${more.join(' ')}`);
  const { formula, window, scope, out } = values;
  const hours = numberOf('every', values.every, hourRange);
  return {
    path,
    board: { formula, window, scope },
    everyMs: Math.round(hours * msPerHour),
    ranksMax: countOf('ranks', values.ranks, { min: 1, max: 100 }),
    title: values.title ?? `Ranks on ${formula} ${window} ${scope}`,
    subtitle: `formula ${formula}, window ${window}, a point every ${hours} h, UTC`,
    out,
  };
}

function parsed(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      formula: { type: 'string', default: 'classic' },
      window: { type: 'string', default: '24h' },
      scope: { type: 'string', default: 'all' },
      every: { type: 'string', default: '12' },
      ranks: { type: 'string', default: '10' },
      title: { type: 'string' },
      out: { type: 'string', default: 'ranks.svg' },
      help: { type: 'boolean', default: false },
    },
  });
}
