import { parseArgs } from 'node:util';
import type { RankFormula } from '../../domain/board.ts';
import { formulas, rankFormulaOf } from '../../tasks/rank-formulas.ts';
import { type AttackSet, attackSets } from './attack-kinds.ts';
import { baselines } from './baselines.ts';
import type { WorldSettings } from './world-settings.ts';

export const help = `How well boards find trends that were planted into made-up traffic, and how well they resist fake views.

  npm run eval -- --seeds 1,2 [--attacks [people]] [--go-on P] [--flooder] [--formula LIST] [--tokens N] [--days N] [--json]

  --seeds LIST     worlds (default 1)
  --attacks        plant 30 attacks of each of five kinds beside the trends
  --attacks people the same of six kinds whose visitors look like people, each from a network of its own
  --go-on P        chance that a visit is followed by one to another token, from 0 to 1 (default 0)
  --flooder        one client looks at 600 tokens every 31 seconds, all the judged time
  --formula LIST   of ours (${formulas.map(({ id }) => id).join(', ')}) and others' (${idsOf(baselines).join(', ')}); default all
  --tokens N       (default 1500)
  --days N         days in all; the last two, or the last half, are judged (default 4)
  --json           print JSON
`;

export interface Options {
  readonly help: boolean;
  readonly json: boolean;
  readonly seeds: readonly number[];
  readonly formulas: readonly [RankFormula, ...RankFormula[]];
  readonly attackSet: AttackSet;
  settingsOf(seed: number): WorldSettings;
}

const known = [...formulas.map(rankFormulaOf), ...baselines];

/** @throws Error that says which option is wrong, and what it may be */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: args.map((arg, place) => (isBareAttacks(arg, args[place + 1]) ? `${arg}=plain` : arg)),
    options: {
      seeds: { type: 'string', default: '1' },
      attacks: { type: 'string' },
      'go-on': { type: 'string', default: '0' },
      flooder: { type: 'boolean', default: false },
      formula: { type: 'string', default: idsOf(known).join(',') },
      tokens: { type: 'string', default: '1500' },
      days: { type: 'string', default: '4' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const days = Number(values.days);
  const judged = Math.min(2, days / 2);
  const attackSet = attackSetOf(values.attacks ?? 'plain');
  const settings = {
    tokens: Number(values.tokens),
    days,
    judgedFrom: days - judged,
    trends: Math.round(75 * judged),
    attacks: values.attacks === undefined ? 0 : Math.round(15 * judged),
    attackSet,
    flooder: values.flooder,
    goOn: chanceOf(values['go-on']),
  };
  return {
    help: values.help,
    json: values.json,
    seeds: values.seeds.split(',').map(Number),
    formulas: formulasOf(values.formula),
    attackSet,
    settingsOf: (seed) => ({ ...settings, seed }),
  };
}

function idsOf(list: readonly RankFormula[]): string[] {
  return list.map(({ ref }) => ref.id);
}

/** `--attacks` without a word after it. */
function isBareAttacks(arg: string, next: string | undefined): boolean {
  return arg === '--attacks' && (next === undefined || next.startsWith('-'));
}

function attackSetOf(name: string): AttackSet {
  if (Object.hasOwn(attackSets, name)) return name as AttackSet;
  throw new Error(`--attacks ${name}: known are ${Object.keys(attackSets).join(', ')}`);
}

function chanceOf(text: string): number {
  const chance = Number(text);
  if (text.trim() !== '' && chance >= 0 && chance <= 1) return chance;
  throw new Error(`--go-on ${text}: give a chance from 0 to 1`);
}

function formulasOf(list: string): Options['formulas'] {
  const ids = list.split(',');
  const [first, ...others] = known.filter(({ ref }) => ids.includes(ref.id));
  if (first === undefined)
    throw new Error(`--formula ${list}: known are ${idsOf(known).join(', ')}`);
  return [first, ...others];
}
