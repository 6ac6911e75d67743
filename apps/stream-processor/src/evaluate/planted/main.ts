import { runCommand } from '@trending/runtime/command-line';
import { attackerNames } from '../../domain/attack-cost.ts';
import { Evaluation } from '../evaluation.ts';
import { type AttackKind, attackSets } from './attack-kinds.ts';
import { type AttackCosts, Prices } from './attack-prices.ts';
import { Judge, type PlantedResult } from './judge.ts';
import { help, type Options, optionsOf } from './options.ts';
import { World } from './world.ts';

const everyMs = 300_000;

type Judged = PlantedResult & { readonly attackCost: AttackCosts };

/** All formulas are judged on the same views, folded once. */
function judged(seed: number, { settingsOf, formulas: wanted }: Options): Map<string, Judged> {
  const world = new World(settingsOf(seed));
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

/** Behind seed and formula. */
function cellsOf(result: Judged, kinds: readonly AttackKind[]): string {
  const { precision, ndcg, medianMinutes, stability, attacked } = result;
  const attacks = kinds.map((kind) => `${Math.round(100 * (attacked[kind] ?? 0))}`).join('/');
  const cost = attackerNames.map((name) => result.attackCost[name].networks ?? '–').join('/');
  const figures = [precision, ndcg].map((figure) => figure.toFixed(3));
  return `${figures.join(' | ')} | ${medianMinutes} | ${stability.toFixed(2)} | ${attacks} | ${cost} |\n`;
}

function textOf(options: Options): string {
  const all = options.seeds.map((seed) => ({ seed, results: judged(seed, options) }));
  if (options.json) {
    const found = all.map(({ seed, results }) => ({ seed, ...Object.fromEntries(results) }));
    return `${JSON.stringify(found)}\n`;
  }
  const kinds = attackSets[options.attackSet];
  const head = `| seed | formula | P@10 | nDCG@10 | median min to detect | RBO | ${kinds.join(' / ')} in the ten, % | networks for the ten: ${attackerNames.join(' / ')} |\n|-|-|-|-|-|-|-|-|\n`;
  const rows = all.flatMap(({ seed, results }) =>
    [...results].map(([id, result]) => `| ${seed} | ${id} | ${cellsOf(result, kinds)}`),
  );
  return head + rows.join('');
}

await runCommand('eval', () => {
  const options = optionsOf(process.argv.slice(2));
  return { text: options === 'help' ? help : textOf(options), ok: true };
});
