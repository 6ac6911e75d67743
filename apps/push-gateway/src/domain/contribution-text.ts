import type { FrameItem } from '@trending/schemas';

/** What operators are told beside what everybody is. */
export interface OperatorDetail {
  readonly networks: number;
  /** Weight of visitors that the network cap took away, micro; −1 = not known. */
  readonly capped: number;
}

type Texts = Readonly<Record<string, (item: FrameItem, detail?: OperatorDetail) => string>>;

/** What stands behind each part of a score, by its name. */
const texts: Texts = {
  views: ({ rawViews }) => counted(rawViews, 'view'),
  change: ({ rawViews, previousViews }) =>
    `${counted(rawViews, 'view')} after ${previousViews} in the period before`,
  fresh: ({ rawViews }) => `how recent the ${counted(rawViews, 'view')} ${isOrAre(rawViews)}`,
  unique: (item) => `${visitorsIn(item.observed)} behind ${counted(item.rawViews, 'view')}`,
  surprise: (item) =>
    `${visitorsIn(item.observed)} where ${wholeOf(item.expected)} ${isOrAre(wholeOf(item.expected))} usual`,
  support: (item) => `${visitorsIn(item.observed)}: the fewer there are, the less they prove`,
  lasting: ({ rawViews, previousViews }) =>
    `${counted(rawViews, 'view')} after ${previousViews} in the period before: trends fade, they do not break off`,
  early: () => 'a shorter period that is further above its usual than the window',
  looks: ({ visitors }) =>
    `fewer of the ${counted(visitors, 'visitor')} looked again than is usual here`,
  journeys: ({ visitors }) =>
    `fewer of the ${counted(visitors, 'visitor')} went on to other tokens than is usual here`,
  integrity: ({ visitors }, detail) =>
    detail === undefined
      ? `the ${counted(visitors, 'visitor')} are less varied than is usual for so many`
      : `${counted(detail.networks, 'network')} behind ${counted(visitors, 'visitor')}, fewer than is usual for so many`,
};

/** Why a part of a score is what it is, in a few words; nothing of a part that no text is known for. */
export function contributionText(
  { name, micro }: Part,
  item: FrameItem,
  detail?: OperatorDetail,
): string {
  if (micro === 0) return 'nothing to add or to take away';
  return Object.hasOwn(texts, name) ? (texts[name]?.(item, detail) ?? '') : '';
}

type Part = FrameItem['contributions'][number];

function visitorsIn(micro: number): string {
  return `${wholeOf(micro)} effective ${wholeOf(micro) === 1 ? 'visitor' : 'visitors'}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function isOrAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** Whole visitors of micro units. */
export function wholeOf(micro: number): number {
  return Math.round(micro / 1_000_000);
}
