import type { Published } from './publish.ts';

/** What the system made of the frames. */
export interface Outcome {
  /** Letters by `partition/offset` of the original: how many, and the stage. */
  readonly letters: ReadonlyMap<string, { readonly count: number; readonly stage: string }>;
  /** Rows by `partition/offset`. */
  readonly rows: ReadonlyMap<string, number>;
}

export interface PoisonAccount {
  readonly deadLettered: number;
  readonly stillViews: number;
  /** Every frame that met another fate than it must. */
  readonly wrong: readonly string[];
}

/** Compares frame by frame: undecodable = one letter and no row; rule broken = one letter and a row; a view = a row only. */
export function accountOf({ bad, good }: Published, outcome: Outcome): PoisonAccount {
  const wrong: string[] = [];
  for (const [place, { mutation, expected }] of bad) {
    const fate = fateOf(place, outcome);
    if (fate !== fates[expected]) wrong.push(`${place} ${mutation}, ${expected}: ${fate}`);
  }
  for (const place of good) {
    const fate = fateOf(place, outcome);
    if (fate !== fates['still a view']) wrong.push(`${place} good view: ${fate}`);
  }
  const views = [...bad.values()].filter(({ expected }) => expected === 'still a view').length;
  return { deadLettered: bad.size - views, stillViews: views, wrong };
}

function fateOf(place: string, { letters, rows }: Outcome): string {
  const { count, stage } = letters.get(place) ?? { count: 0, stage: '-' };
  return `${count} letters (${stage}), ${rows.get(place) ?? 0} rows`;
}

const fates = {
  undecodable: '1 letters (decode), 0 rows',
  'breaks a rule': '1 letters (validate), 1 rows',
  'still a view': '0 letters (-), 1 rows',
};
