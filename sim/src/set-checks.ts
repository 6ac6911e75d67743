import { type CandidateSet, type WindowName, windows } from '@trending/schemas';
import { tokenHashOf } from '../../apps/stream-processor/src/domain/token-hash.ts';
import { Wrong } from './failure.ts';
import { type NaiveJourneys, naiveJourneys, pairOf } from './journey-oracle.ts';
import { type NaivePartition, type NaiveSpan, type NaiveStanding, naiveWindow } from './oracle.ts';

const minute = 60_000;
/** Shorter periods that are told beside a window, longest first. */
const shorter: Readonly<Record<WindowName, readonly NaiveSpan[]>> = {
  '5m': [],
  '1h': [30, 15].map((minutes) => ({ paneSizeMs: minute, windowSizeMs: minutes * minute })),
  '6h': windows.filter(({ name }) => name === '1h'),
  '24h': windows.filter(({ name }) => name === '6h'),
};

/** A set shows exactly the views below its offset, and of their viewers what was told below its journey offset. */
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
  checkJourneys(set, naive, [window, ...shorter[window.name]]);
}

/** Sorts of visitors, by what is known of them. */
const sorts = {
  came: (known: Known) => known.has('came'),
  went: (known: Known) => known.has('went') && !known.has('came'),
  further: (known: Known) => known.has('came') && known.has('went'),
} as const;
type Sort = keyof typeof sorts;
type Known = ReadonlySet<string>;

const nothing: Known = new Set();

/** Who came from elsewhere and who went on, of the window and of each shorter period: token by token, and over all. */
function checkJourneys(
  set: CandidateSet,
  naive: NaivePartition,
  spans: readonly NaiveSpan[],
): void {
  const { asOf, inputOffset, journeyOffset } = set;
  const journeys = naiveJourneys(naive.facts, { below: journeyOffset, asOf });
  const rows = spans.map((window) => naiveWindow(naive, { window, asOf, below: inputOffset }));
  for (const kind of Object.keys(sorts) as Sort[]) {
    const counts = rows.map((standings) => countsOf(standings, journeys, kind));
    for (const { token, views, ...item } of set.items)
      if (views > 0) checkKind(set, { kind, of: token, found: item[kind], counts });
    checkKind(set, { kind, of: allTokens, found: set.site[kind], counts });
  }
}

const allTokens = 'all tokens';
type Counts = ReadonlyMap<string, number>;

/** How many viewers of each token, and of all, did so. */
function countsOf(
  standings: readonly NaiveStanding[],
  journeys: NaiveJourneys,
  kind: Sort,
): Counts {
  const counts = new Map([[allTokens, 0]]);
  for (const { token, viewers } of standings) {
    const some = [...viewers].filter((viewer) =>
      sorts[kind](journeys.get(pairOf(tokenHashOf(token), viewer)) ?? nothing),
    );
    counts.set(token, some.length);
    counts.set(allTokens, (counts.get(allTokens) ?? 0) + some.length);
  }
  return counts;
}

interface Told {
  readonly kind: Sort;
  readonly of: string;
  readonly found: readonly number[];
  /** Of the window, and of each shorter period. */
  readonly counts: readonly Counts[];
}

function checkKind(set: CandidateSet, { kind, of, found, counts }: Told): void {
  const wanted = counts.map((count) => count.get(of) ?? 0);
  if (found.join() === wanted.join()) return;
  const where = `set ${set.window}|${set.partition} at offset ${set.inputOffset}, journeys ${set.journeyOffset}, ${set.asOf}`;
  throw new Wrong(`${where}: ${of} ${kind} ${found}, not ${wanted}`);
}
