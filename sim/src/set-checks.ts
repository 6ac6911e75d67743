import { type CandidateSet, windows } from '@trending/schemas';
import { Wrong } from './failure.ts';
import { type NaivePartition, naiveWindow } from './oracle.ts';

/** A set shows exactly the views below its offset. */
export function checkSet(set: CandidateSet, naive: NaivePartition): void {
  const window = windows.find(({ name }) => name === set.window);
  if (window === undefined) throw new Wrong(`a set of window ${set.window}`);
  const { asOf, inputOffset, partition } = set;
  const wanted = naiveWindow(naive, { window, asOf, below: inputOffset });
  const text = (rows: readonly { token: string; views: number; effective: number }[]) =>
    rows.map(({ token, views, effective }) => `${token}=${views}/${effective}`).join(' ');
  const shown = set.items.filter(({ views }) => views > 0);
  const expected = wanted.map(({ token, views, viewers }) => {
    return { token, views, effective: viewers.size * 1_000_000 };
  });
  if (text(shown) !== text(expected))
    throw new Wrong(
      `set ${set.window}|${partition} at offset ${inputOffset}, ${asOf} shows ${text(shown)}, not ${text(expected)}`,
    );
  const total = set.totals.find(({ scope }) => scope === 'all')?.views;
  const sum = expected.reduce((views, one) => views + one.views, 0);
  if (total !== sum) throw new Wrong(`set ${set.window}|${partition} totals ${total}, not ${sum}`);
}
