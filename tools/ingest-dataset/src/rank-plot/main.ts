import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type PlottedBoard, plottedBoard, rankSeries } from './rank-series.ts';
import { rankSvg } from './rank-svg.ts';

const help = `Draws ranks over time from the file of a replay, as one SVG picture.

  npx node tools/ingest-dataset/src/rank-plot/main.ts BOARDS.ndjson --out ranks.svg

  --formula ID · --window NAME · --scope NAME   which board (default classic, 24h, all)
  --every HOURS   time between two points (default 12)
  --ranks N       places drawn (default 10)
  --title TEXT    (default: the board's name)
  --out PATH      (default ranks.svg)
`;

const { values, positionals } = parseArgs({
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

const [path] = positionals;
if (values.help || path === undefined) {
  process.stdout.write(help);
  process.exitCode = values.help ? 0 : 2;
} else {
  const { formula, window, scope, out } = values;
  const ranksMax = Number(values.ranks);
  const everyMs = Number(values.every) * 3_600_000;
  const wanted = { formula, window, scope };
  const boards: PlottedBoard[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const board = line === '' ? undefined : plottedBoard(line, wanted);
    if (board !== undefined) boards.push(board);
  }
  const series = rankSeries(boards, { everyMs, ranksMax });
  if (series.times.length === 0) {
    process.stderr.write(`${path} has no boards ${formula} ${window} ${scope}\n`);
    process.exitCode = 1;
  } else {
    const title = values.title ?? `Ranks on ${formula} ${window} ${scope}`;
    const subtitle = `formula ${formula}, window ${window}, a point every ${values.every} h, UTC`;
    await writeFile(out, rankSvg(series, { title, subtitle, ranksMax }));
    process.stdout.write(`${out}: ${series.lines.length} tokens, ${series.times.length} points\n`);
  }
}
