import { addressOf, type Contribution, type FrameItem } from '@trending/schemas';
import type { BoardVersion } from './board-version.ts';
import { contributionText, type OperatorDetail, wholeOf } from './contribution-text.ts';

const points = (micro: number) => (micro / 1_000_000).toFixed(1);
const signed = (micro: number) => `${micro < 0 ? '−' : '+'}${points(Math.abs(micro))}`;

/** One plain sentence: place, score, what it is made of, and the counts behind it. Networks are counted for operators alone. */
export function explanationOf(
  { board, items }: BoardVersion,
  item: FrameItem,
  detail?: OperatorDetail,
): string {
  const name = item.symbol ?? item.name ?? addressOf(item.token);
  const parts = item.contributions.filter(({ micro }) => micro !== 0).map(partOf);
  const made = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return (
    `${name} is number ${item.rank} of ${items.length} on the ${board.window} ${board.formula.id} board ` +
    `with ${points(item.scoreMicro)} points${made}: ${countsOf(item, detail)}.`
  );
}

function partOf({ name, micro }: Contribution): string {
  return `${name} ${signed(micro)}`;
}

function countsOf(item: FrameItem, detail: OperatorDetail | undefined): string {
  const surprise = item.contributions.find(({ name }) => name === 'surprise');
  if (surprise !== undefined) return surpriseOf(item, surprise, detail);
  const views = `${item.rawViews} views by ${item.visitors} visitors`;
  if (item.previousViews === 0) return `${views}, none in the period before`;
  const ratio = (item.rawViews / item.previousViews).toFixed(1);
  return `${views}, ${ratio} times the ${item.previousViews} of the period before`;
}

function surpriseOf(
  item: FrameItem,
  { micro }: Contribution,
  detail: OperatorDetail | undefined,
): string {
  const [seen, usual] = [wholeOf(item.observed), wholeOf(item.expected)];
  const doubts = item.contributions.filter(isDoubt);
  const doubted = doubts.map(
    (part) => `; ${points(-part.micro)} points lost: ${contributionText(part, item, detail)}`,
  );
  const since = item.burstSince ? `, surging since ${clockOf(item.burstSince)} UTC` : '';
  return `${seen} effective visitors where ${usual} are usual (${points(micro)} sigma)${uncountedOf(item, detail)}${since}${doubted.join('')}`;
}

const doubts: ReadonlySet<string> = new Set(['looks', 'journeys', 'integrity']);

/** The parts that take away for what the visitors are like. */
function isDoubt({ name, micro }: Contribution): boolean {
  return micro < 0 && doubts.has(name);
}

function uncountedOf(item: FrameItem, detail: OperatorDetail | undefined): string {
  const lost = item.visitors - wholeOf(item.observed);
  if (lost <= 0) return '';
  const shared = Math.min(lost, wholeOf(detail?.capped ?? 0));
  const sharing = shared > 0 ? `, ${shared} of them for sharing networks` : '';
  return `; ${lost} of ${item.visitors} visitors not counted${sharing}`;
}

/** Hours and minutes of a time in ms, as 14:03. */
function clockOf(at: number): string {
  const minutes = Math.floor(at / 60_000) % 1_440;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
