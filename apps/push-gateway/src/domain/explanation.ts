import { addressOf, type Contribution, type FrameItem } from '@trending/schemas';
import type { BoardVersion } from './board-version.ts';

const points = (micro: number) => (micro / 1_000_000).toFixed(1);
const signed = (micro: number) => `${micro < 0 ? '−' : '+'}${points(Math.abs(micro))}`;

/** One plain sentence: place, score, what it is made of, and the counts behind it. */
export function explanationOf({ board, items }: BoardVersion, item: FrameItem): string {
  const name = item.symbol ?? item.name ?? addressOf(item.token);
  const parts = item.contributions.filter(({ micro }) => micro !== 0).map(partOf);
  const made = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return (
    `${name} is number ${item.rank} of ${items.length} on the ${board.window} ${board.formula.id} board ` +
    `with ${points(item.scoreMicro)} points${made}: ${countsOf(item)}.`
  );
}

function partOf({ name, micro }: Contribution): string {
  return `${name} ${signed(micro)}`;
}

function countsOf(item: FrameItem): string {
  const views = `${item.rawViews} views by ${item.visitors} visitors`;
  if (item.previousViews === 0) return `${views}, none in the period before`;
  const ratio = (item.rawViews / item.previousViews).toFixed(1);
  return `${views}, ${ratio} times the ${item.previousViews} of the period before`;
}
