import { runCommand } from '@trending/runtime/command-line';
import { trendingFormula, viewsFormula } from '../../domain/formula.ts';
import { rankFormulaOf } from '../../tasks/rank-formulas.ts';
import { Evaluation } from '../evaluation.ts';
import { type NabSeries, nabViews, readNab } from './nab-data.ts';
import { judgeNab, type Level, type NabResult } from './nab-judge.ts';
import { help, type NabOptions, nabOptions } from './options.ts';

const everyMs = 300_000;

const methods = ['alarm', 'alarm live', 'views'] as const;
type Method = (typeof methods)[number];
const alarmsOf = { alarm: true, 'alarm live': 'live', views: false } as const;

function levelsOf(series: readonly NabSeries[], method: Method): Map<string, Level[]> {
  const alarms = alarmsOf[method];
  const formula = rankFormulaOf(method === 'views' ? viewsFormula : trendingFormula);
  const evaluation = new Evaluation({
    formulas: [formula],
    window: '1h',
    everyMs,
    partitions: 1,
    alarms,
  });
  const levels = new Map<string, Level[]>(series.map(({ ticker }) => [ticker, []]));
  let day = 0;
  for (const event of nabViews(series))
    for (const { asOf, items } of evaluation.add(event)) {
      for (const { token, score } of items)
        levels.get(token.slice(4))?.push({ at: asOf, level: score });
      if (Math.floor(asOf / 86_400_000) === day) continue;
      day = Math.floor(asOf / 86_400_000);
      process.stderr.write(`\r${method} ${new Date(asOf).toISOString().slice(0, 10)} `);
    }
  process.stderr.write('\n');
  return levels;
}

function lineOf(name: string, { windows, hits }: NabResult): string {
  const figures = hits.map(
    ({ budget, hits: found, threshold, falseAlarms }) =>
      `${budget}: ${found}/${windows} = ${(found / windows).toFixed(2)} (> ${threshold.toFixed(2)}, ${falseAlarms.toFixed(2)} false)`,
  );
  return `${name.padEnd(30)}${figures.join('   ')}\n`;
}

function textOf({ data, json }: NabOptions): string {
  const series = readNab(data);
  const half = (offset: number) => series.filter((_, index) => index % 2 === offset);
  const results = methods.map((method) => {
    const levels = levelsOf(series, method);
    const design = judgeNab(half(0), levels);
    const thresholds = design.hits.map(({ threshold }) => threshold);
    return {
      method,
      all: judgeNab(series, levels),
      design,
      heldOut: judgeNab(half(1), levels, thresholds),
      heldOutOwn: judgeNab(half(1), levels),
    };
  });
  if (json) return `${JSON.stringify(results)}\n`;
  const head =
    'windows found at so many false alarms per series and week (> threshold, false alarms made)\n';
  const lines = results.flatMap(({ method, all, design, heldOut, heldOutOwn }) => [
    lineOf(method, all),
    lineOf('  designed on', design),
    lineOf('  held out, their thresholds', heldOut),
    lineOf('  held out, own thresholds', heldOutOwn),
  ]);
  return head + lines.join('');
}

await runCommand('eval-nab', () => {
  const options = nabOptions(process.argv.slice(2));
  return { text: options === 'help' ? help : textOf(options), ok: true };
});
