import { parseArgs } from 'node:util';
import { countOf, countsOf, numberOf } from '@trending/runtime/command-line';
import { UsageError } from '@trending/runtime/usage';
import type { RankFormula } from '../../domain/board.ts';
import { formulas, rankFormulaOf } from '../../tasks/rank-formulas.ts';
import { type AttackSet, attackSets } from './attack-kinds.ts';
import { baselines } from './baselines.ts';
import type { WorldSettings } from './world-settings.ts';

/** What `--attacks people` warms up at is another token than the attacked one. */
const tokenRange = { min: 2, max: 1_000_000 };
const dayRange = { min: 0.1, max: 366 };
const seedRange = { min: 0, max: 2 ** 32 - 1 };

export const help = `How well boards find trends that were planted into made-up traffic, and how well they resist fake views.

  npm run eval -- --seeds 1,2 [--attacks [people]] [--go-on P] [--flooder] [--formula LIST] [--tokens N] [--days N] [--json]

  --seeds LIST     worlds, each from its own seed (default 1)
  --attacks        plant 30 attacks of each of five kinds beside the trends (default none)
  --attacks people the same of six kinds whose visitors look like people, each from a network of its own
  --go-on P        chance that a visit is followed by one to another token, from 0 to 1 (default 0)
  --flooder        one client looks at 600 tokens every 31 seconds, all the judged time
  --formula LIST   of ours (${formulas.map(({ id }) => id).join(', ')}) and others' (${idsOf(baselines).join(', ')}); default all
  --tokens N       tokens of the site, from ${tokenRange.min} on (default 1500)
  --days N         days in all, from ${dayRange.min} on; the last two, or the last half, are judged (default 4)
  --json           print JSON
  --help
`;

export interface Options {
  readonly json: boolean;
  readonly seeds: readonly number[];
  readonly formulas: readonly [RankFormula, ...RankFormula[]];
  readonly attackSet: AttackSet;
  settingsOf(seed: number): WorldSettings;
}

const known = [...formulas.map(rankFormulaOf), ...baselines];

/** @throws UsageError naming the option and what it takes; whatever `parseArgs` throws for an option that is none. */
export function optionsOf(args: readonly string[]): Options | 'help' {
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
  if (values.help) return 'help';
  const days = numberOf('days', values.days, dayRange);
  const judged = Math.min(2, days / 2);
  const attackSet = attackSetOf(values.attacks ?? 'plain');
  const settings = {
    tokens: countOf('tokens', values.tokens, tokenRange),
    days,
    judgedFrom: days - judged,
    trends: Math.round(75 * judged),
    attacks: values.attacks === undefined ? 0 : Math.round(15 * judged),
    attackSet,
    flooder: values.flooder,
    goOn: chanceOf(values['go-on']),
  };
  return {
    json: values.json,
    seeds: countsOf('seeds', values.seeds, seedRange),
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
  throw new UsageError(`--attacks ${name}: known are ${Object.keys(attackSets).join(', ')}`);
}

function chanceOf(text: string): number {
  const chance = Number(text);
  if (text.trim() !== '' && chance >= 0 && chance <= 1) return chance;
  throw new UsageError(`--go-on ${text}: give a chance from 0 to 1`);
}

function formulasOf(list: string): Options['formulas'] {
  const ids = list.split(',').map((id) => id.trim());
  const unknown = ids.find((id) => !idsOf(known).includes(id));
  const [first, ...others] = known.filter(({ ref }) => ids.includes(ref.id));
  if (first === undefined || unknown !== undefined)
    throw new UsageError(`--formula ${unknown}: known are ${idsOf(known).join(', ')}`);
  return [first, ...others];
}
