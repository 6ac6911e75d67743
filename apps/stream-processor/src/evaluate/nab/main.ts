import { parseArgs } from 'node:util';
import { trendingFormula, viewsFormula } from '../../domain/formula.ts';
import { rankFormulaOf } from '../../tasks/rank-formulas.ts';
import { Evaluation } from '../evaluation.ts';
import { type NabSeries, nabViews, readNab } from './nab-data.ts';
import { judgeNab, type Level, type NabResult } from './nab-judge.ts';

const help = `How well alarms find what people marked as unusual in real counts (Numenta Anomaly Benchmark, realTweets).

  npm run eval-nab -- --data DIR [--json]

DIR holds realTweets/*.csv and combined_windows.json. Every mention becomes a view and goes through the live topology's code.
`;
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
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

if (values.help || values.data === undefined) process.stdout.write(help);
else {
  const series = readNab(values.data);
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
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  else {
    process.stdout.write(
      'windows found at so many false alarms per series and week (> threshold, false alarms made)\n',
    );
    for (const { method, all, design, heldOut, heldOutOwn } of results) {
      process.stdout.write(lineOf(method, all));
      process.stdout.write(lineOf('  designed on', design));
      process.stdout.write(lineOf('  held out, their thresholds', heldOut));
      process.stdout.write(lineOf('  held out, own thresholds', heldOutOwn));
    }
  }
}
