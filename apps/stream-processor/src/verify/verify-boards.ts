import {
  type Board,
  type BoardItem,
  type CandidateSet,
  type CutEntry,
  scopeSuspected,
  type Window,
  windows,
} from '@trending/schemas';
import { type Placed, type Ranking, type RankingSource, rankingOf } from '../domain/board.ts';
import { mergeSets } from '../domain/board-merge.ts';
import { siteTotalsOf } from '../domain/board-selection.ts';
import { WindowFacts } from '../domain/item-facts.ts';
import { WindowPlaces } from '../domain/rank-boards.ts';
import type { RuleSource, Rules } from '../domain/rules.ts';
import { levelOf } from '../domain/window-level.ts';
import { candidateSetOf } from '../state/candidate-sets.ts';
import { type RebuildPorts, rebuildTo, type Stop } from './rebuild.ts';
import { isSame } from './same-content.ts';

const differencesShown = 5;
/** What an item takes over from the board before. */
const takenOver: ReadonlySet<string> = new Set<keyof BoardItem>([
  ...(['previousRank', 'since', 'state', 'stateSince', 'verdict', 'peakMicro'] as const),
]);

export interface BoardVerdict {
  readonly key: string;
  readonly asOf: number;
  readonly places: number;
  /** What a rebuild from its cut shows otherwise, the first few. */
  readonly differences: readonly string[];
  /** Why it was not made again. */
  readonly skipped?: string;
}

export interface VerifyBoardsPorts extends RebuildPorts {
  readonly rules: RuleSource;
  /** Of the views topic. */
  readonly partitions: number;
  readonly progressed: (done: number, partitions: number) => void;
}

/**
 * Makes boards again from the views below the offsets of their cuts, with the words below their control offset, and compares them with
 * the records. Left out is what a board takes over from the one before it: previous ranks, `since` and states.
 */
export async function verifyBoards(
  ports: VerifyBoardsPorts,
  boards: ReadonlyMap<string, Board>,
): Promise<BoardVerdict[]> {
  const sets = await setsOfCuts(
    ports,
    [...boards.values()].filter((one) => !skipOf(ports, one)),
  );
  return [...boards].map(([key, board]) => {
    const skipped = skipOf(ports, board);
    const known = { key, asOf: board.asOf, places: board.items.length };
    if (skipped !== undefined) return { ...known, differences: [], skipped };
    const own = board.cut.map((entry) => sets.get(idOf(board.window, entry)));
    const found = own.filter((set) => set !== undefined);
    return { ...known, differences: differencesOf(board, remade(ports, board, found)) };
  });
}

function skipOf({ categories, rules }: VerifyBoardsPorts, board: Board): string | undefined {
  if (board.scope === scopeSuspected) return 'it is for operators, and follows another board';
  if (board.controlOffset > rules.offset) return 'made by words that are not there any more';
  return board.cut.some(({ metadataOffset }) => metadataOffset !== categories.offset)
    ? 'made with other categories or weeks than those of now'
    : undefined;
}

/** Every candidate set that a cut names, rebuilt: one walk through the views of each partition. */
async function setsOfCuts(
  ports: VerifyBoardsPorts,
  boards: readonly Board[],
): Promise<ReadonlyMap<string, CandidateSet>> {
  const sets = new Map<string, CandidateSet>();
  for (let partition = 0; partition < ports.partitions; partition += 1) {
    ports.progressed(partition, ports.partitions);
    const stops = new Map<string, Stop>();
    for (const { window, cut } of boards)
      for (const entry of cut.filter((one) => one.partition === partition))
        stops.set(idOf(window, entry), setStop(window, entry, sets));
    if (stops.size > 0) await rebuildTo(ports, partition, [...stops.values()]);
  }
  ports.progressed(ports.partitions, ports.partitions);
  return sets;
}

function setStop(window: string, entry: CutEntry, sets: Map<string, CandidateSet>): Stop {
  const { partition, epoch, metadataOffset, inputOffset, journeyOffset, asOf } = entry;
  return {
    offset: inputOffset,
    asOf,
    journeyOffset,
    compare: (rebuilt) => {
      const identity = { partition, epoch, metadataOffset };
      sets.set(idOf(window, entry), candidateSetOf(rebuilt, levelOf(window), identity));
    },
  };
}

function idOf(window: string, { partition, epoch, inputOffset, journeyOffset, asOf }: CutEntry) {
  return `${window} ${partition} ${epoch} ${inputOffset} ${journeyOffset} ${asOf}`;
}

function remade(
  { rules: words, partitions }: VerifyBoardsPorts,
  board: Board,
  sets: readonly CandidateSet[],
): Ranking | undefined {
  const window = windows.find(({ name }) => name === board.window) as Window;
  const merged = { ...mergeSets(sets, partitions), asOf: board.asOf };
  const rules = words.at(board.asOf, board.controlOffset);
  const places = new WindowPlaces({ merged, window }, rules, [board.scope]);
  const made = placesOf(board, { rules, places });
  if (made === undefined) return undefined;
  const facts = new WindowFacts(siteTotalsOf(merged, window.name));
  const source = { formula: made.formula, window, merged, facts };
  return rankingOf({ ...source, controlOffset: board.controlOffset }, board.scope, {
    best: made.best,
    held: undefined,
  });
}

/** Undefined when no formula of the board's id was in force. */
function placesOf(
  { formula: { id }, scope }: Board,
  { rules, places }: { readonly rules: Rules; readonly places: WindowPlaces },
): { readonly formula: RankingSource['formula']; readonly best: readonly Placed[] } | undefined {
  const formula = rules.formulas.find(({ ref }) => ref.id === id);
  if (formula !== undefined) return { formula, best: places.of(formula, scope) };
  const pair = rules.interleaves.find(({ ref }) => ref.id === id);
  return pair && { formula: { ref: pair.ref }, best: places.drafted(pair, scope) };
}

function differencesOf(board: Board, again: Ranking | undefined): string[] {
  if (again === undefined) return [`no formula ${board.formula.id} was in force`];
  const head = [
    'formula',
    'totals',
    'siteEffective',
    'newestReceivedAt',
    'partial',
    'cut',
  ] as const;
  const heads = head.filter((name) => !isSame(board[name], again[name]));
  const length = Math.max(board.items.length, again.items.length);
  const ranks = Array.from({ length }, (_, index) => index).filter(
    (index) => !isSame(ownOf(board.items[index]), ownOf(again.items[index])),
  );
  const places = ranks.map(
    (index) =>
      `rank ${index + 1}: ${placeText(board.items[index])}, rebuilt ${placeText(again.items[index])}`,
  );
  return [...heads.map((name) => `its ${name} is another`), ...places].slice(0, differencesShown);
}

/** What an item says by itself, without what it took over from the board before. */
function ownOf(item: BoardItem | undefined): Partial<BoardItem> | undefined {
  const own = item && Object.entries(item).filter(([name]) => !takenOver.has(name));
  return own && Object.fromEntries(own);
}

function placeText(item: BoardItem | undefined): string {
  return item === undefined ? 'nothing' : `${item.token} with ${item.scoreMicro}`;
}
