import { attackerNames } from '../../domain/attack-cost.ts';
import { Evaluation } from '../evaluation.ts';
import { attackSets } from './attack-kinds.ts';
import { type AttackCosts, Prices } from './attack-prices.ts';
import { Judge, type PlantedResult } from './judge.ts';
import { help, optionsOf } from './options.ts';
import { World } from './world.ts';

const options = optionsOf(process.argv.slice(2));
const kinds = attackSets[options.attackSet];
const everyMs = 300_000;

type Judged = PlantedResult & { readonly attackCost: AttackCosts };

/** All formulas are judged on the same views, folded once. */
function judged(seed: number): Map<string, Judged> {
  const world = new World(options.settingsOf(seed));
  const wanted = options.formulas;
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

function printAll(): void {
  const all = options.seeds.map((seed) => ({ seed, results: judged(seed) }));
  if (options.json) {
    const found = all.map(({ seed, results }) => ({ seed, ...Object.fromEntries(results) }));
    process.stdout.write(`${JSON.stringify(found)}\n`);
    return;
  }
  process.stdout.write(
    `| seed | formula | P@10 | nDCG@10 | median min to detect | RBO | ${kinds.join(' / ')} in the ten, % | networks for the ten: ${attackerNames.join(' / ')} |\n|-|-|-|-|-|-|-|-|\n`,
  );
  for (const { seed, results } of all)
    for (const [id, result] of results) process.stdout.write(rowOf(seed, id, result));
}

if (options.help) process.stdout.write(help);
else printAll();
