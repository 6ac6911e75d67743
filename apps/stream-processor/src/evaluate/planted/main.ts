import { parseArgs } from 'node:util';
import { attackerNames } from '../../domain/attack-cost.ts';
import type { RankFormula } from '../../domain/board.ts';
import { formulas, rankFormulaOf } from '../../tasks/rank-formulas.ts';
import { Evaluation } from '../evaluation.ts';
import { type AttackCosts, Prices } from './attack-prices.ts';
import { baselines } from './baselines.ts';
import { Judge, kinds, type PlantedResult } from './judge.ts';
import { World, type WorldSettings } from './world.ts';

const help = `How well boards find trends that were planted into made-up traffic, and how well they resist fake views.

  npm run eval -- --seeds 1,2 [--attacks] [--flooder] [--formula LIST] [--tokens N] [--days N] [--json]

  --seeds LIST     worlds (default 1)
  --attacks        plant 30 attacks of each of five kinds beside the trends
  --flooder        one client looks at 600 tokens every 31 seconds, all the judged time
  --formula LIST   of ours (${formulas.map(({ id }) => id).join(', ')}) and others' (${idsOf(baselines).join(', ')}); default all
  --tokens N       (default 1500)
  --days N         days in all; the last two, or the last half, are judged (default 4)
  --json           print JSON
`;
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    attacks: { type: 'boolean', default: false },
    flooder: { type: 'boolean', default: false },
    formula: {
      type: 'string',
      default: [...formulas.map(({ id }) => id), ...idsOf(baselines)].join(','),
    },
    tokens: { type: 'string', default: '1500' },
    days: { type: 'string', default: '4' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const everyMs = 300_000;

function idsOf(list: readonly RankFormula[]): string[] {
  return list.map(({ ref }) => ref.id);
}

function settingsOf(seed: number): WorldSettings {
  const days = Number(values.days);
  const judged = Math.min(2, days / 2);
  return {
    seed,
    tokens: Number(values.tokens),
    days,
    judgedFrom: days - judged,
    trends: Math.round(75 * judged),
    attacks: values.attacks ? Math.round(15 * judged) : 0,
    flooder: values.flooder,
  };
}

const known = [...formulas.map(rankFormulaOf), ...baselines];

function wantedFormulas(): [RankFormula, ...RankFormula[]] {
  const ids = values.formula.split(',');
  const [first, ...others] = known.filter(({ ref }) => ids.includes(ref.id));
  if (first === undefined)
    throw new Error(`--formula ${values.formula}: known are ${idsOf(known).join(', ')}`);
  return [first, ...others];
}

type Judged = PlantedResult & { readonly attackCost: AttackCosts };

/** All formulas are judged on the same views, folded once. */
function judged(seed: number): Map<string, Judged> {
  const world = new World(settingsOf(seed));
  const wanted = wantedFormulas();
  const judges = wanted.map(() => new Judge(world));
  const prices = new Prices(world, wanted);
  const evaluation = new Evaluation({
    formulas: wanted,
    window: '1h',
    everyMs,
    partitions: 1,
    alarms: false,
  });
  let hour = 0;
  for (const event of world.views()) {
    for (const step of evaluation.add(event)) {
      for (const [index, judge] of judges.entries())
        judge.look(step.asOf, step.boards[index] ?? []);
      prices.look(step, evaluation);
    }
    const now = Math.floor(event.timestamp / 3_600_000);
    if (now <= hour) continue;
    hour = now;
    process.stderr.write(
      `\rseed ${seed}: ${new Date(hour * 3_600_000).toISOString().slice(5, 13)} h `,
    );
  }
  process.stderr.write('\n');
  return new Map(
    wanted.map(({ ref }, index) => {
      const attackCost = prices.of(index);
      return [ref.id, { ...(judges[index] as Judge).result(), attackCost }];
    }),
  );
}

function rowOf(seed: number, id: string, result: Judged): string {
  const { precision, ndcg, medianMinutes, stability, attacked } = result;
  const attacks = kinds.map((kind) => `${Math.round(100 * (attacked[kind] ?? 0))}`).join('/');
  const cost = attackerNames.map((name) => result.attackCost[name].networks ?? '–').join('/');
  const figures = [precision, ndcg].map((figure) => figure.toFixed(3));
  return `| ${seed} | ${id} | ${figures.join(' | ')} | ${medianMinutes} | ${stability.toFixed(2)} | ${attacks} | ${cost} |\n`;
}

if (values.help) process.stdout.write(help);
else {
  const all = values.seeds
    .split(',')
    .map((seed) => ({ seed: Number(seed), results: judged(Number(seed)) }));
  if (values.json)
    process.stdout.write(
      `${JSON.stringify(all.map(({ seed, results }) => ({ seed, ...Object.fromEntries(results) })))}\n`,
    );
  else {
    process.stdout.write(
      `| seed | formula | P@10 | nDCG@10 | median min to detect | RBO | ${kinds.join(' / ')} in the ten, % | networks for the ten: ${attackerNames.join(' / ')} |\n|-|-|-|-|-|-|-|-|\n`,
    );
    for (const { seed, results } of all)
      for (const [id, result] of results) process.stdout.write(rowOf(seed, id, result));
  }
}
