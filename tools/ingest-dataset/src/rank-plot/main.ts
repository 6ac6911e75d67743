import { writeFile } from 'node:fs/promises';
import { runCommand } from '@trending/runtime/command-line';
import { readBoards } from './boards-file.ts';
import { type RankPlotOptions, rankPlotHelp, rankPlotOptions } from './options.ts';
import { rankSeries } from './rank-series.ts';
import { rankSvg } from './rank-svg.ts';

/** What was drawn. @throws UsageError for a file that is none; Error when it holds nothing to draw. */
async function drawn({ path, board, out, ...settings }: RankPlotOptions): Promise<string> {
  const boards = await readBoards(path, board);
  const { formula, window, scope } = board;
  if (boards.length === 0)
    throw new Error(
      `${path} has no boards ${formula} ${window} ${scope}: choose others with --formula, --window and --scope`,
    );
  const series = rankSeries(boards, settings);
  if (series.times.length === 0)
    throw new Error(`no point lies between the boards of ${path}: give a shorter --every`);
  await writeFile(out, rankSvg(series, settings));
  return `${out}: ${series.lines.length} tokens, ${series.times.length} points\n`;
}

await runCommand('rank-plot', async () => {
  const options = rankPlotOptions(process.argv.slice(2));
  return { text: options === 'help' ? rankPlotHelp : await drawn(options), ok: true };
});
