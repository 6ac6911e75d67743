import {
  type Board,
  boardFenceKey,
  type CandidateSet,
  deletedInEpoch,
  topics,
  windows,
} from '@trending/schemas';
import { keyOf } from '../../apps/push-gateway/src/domain/board-view.ts';
import { scoreOf } from '../../apps/stream-processor/src/domain/score.ts';
import { mergeSites } from '../../apps/stream-processor/src/domain/site-history.ts';
import { rankFormulas } from '../../apps/stream-processor/src/tasks/rank-formulas.ts';
import { Wrong } from './failure.ts';
import { oracleSerdes } from './shared-serde.ts';
import type { World } from './world.ts';

const sampledBoards = 10;
const scorers = new Map(rankFormulas.map(({ ref, scorer }) => [ref.id, scorer]));

/** Boards are the ranking of their cut, and readers hold the newest ones. @throws Wrong */
export function checkBoards(world: World): void {
  const { boards, newest } = boardsOf(world);
  for (const { gateway, name } of world.slot('gateway')) checkReader(name, gateway?.boards, newest);
  const sets = new Map(world.sets.map((set) => [nameOf(set), set]));
  const all = boards.filter(({ scope }) => scope === 'all');
  const last = [...newest.values()].filter(({ scope }) => scope === 'all');
  const some = Array.from({ length: all.length === 0 ? 0 : sampledBoards }, () =>
    world.random.pick(all),
  );
  for (const board of [...last, ...some]) checkBoard(board, sets, world.partitions);
}

interface Boards {
  readonly boards: Board[];
  /** By key, what a reader must hold at the end. */
  readonly newest: Map<string, Board>;
}

function boardsOf({ broker }: World): Boards {
  const found: Boards = { boards: [], newest: new Map() };
  let epoch = -1;
  const { records } = broker.topic(topics.rankings.name).partition(0);
  for (const { key, value, offset, headers } of records) {
    const name = Buffer.from(key ?? []).toString('utf8');
    if (name === boardFenceKey) {
      epoch = Math.max(epoch, offset);
      continue;
    }
    const decoded = value === null ? undefined : oracleSerdes.boards.decode(value);
    if (decoded?.ok === true) epoch = takeBoard(found, { name, board: decoded.value, epoch });
    else if ((deletedInEpoch(headers) ?? epoch) >= epoch) found.newest.delete(name);
  }
  return found;
}

/** @returns the greatest epoch that counts from here on */
function takeBoard(
  { boards, newest }: Boards,
  { name, board, epoch }: { readonly name: string; readonly board: Board; readonly epoch: number },
): number {
  boards.push(board);
  const held = newest.get(name);
  if (board.epoch < epoch || (held?.epoch === board.epoch && held.seq >= board.seq)) return epoch;
  newest.set(name, board);
  return board.epoch;
}

function checkReader(
  name: string,
  held: ReadonlyMap<string, Board> | undefined,
  newest: ReadonlyMap<string, Board>,
): void {
  for (const [key, board] of newest) {
    const own = held?.get(key);
    if (own?.epoch !== board.epoch || own.seq !== board.seq)
      throw new Wrong(
        `${name} holds ${own?.epoch}/${own?.seq} of board ${key}, the newest is ${board.epoch}/${board.seq}`,
      );
  }
}

function checkBoard(
  board: Board,
  sets: ReadonlyMap<string, CandidateSet>,
  partitions: number,
): void {
  const merged = board.cut.map((entry) => sets.get(nameOf({ ...entry, window: board.window })));
  const known = merged.filter((set) => set !== undefined);
  if (known.length < merged.length)
    throw new Wrong(`board ${keyOf(board)} names a set that nobody wrote`);
  const paneMs = windows.find(({ name }) => name === board.window)?.paneSizeMs ?? 1;
  const paneOf = ({ asOf }: { readonly asOf: number }) => Math.floor(asOf / paneMs);
  const lastPane = Math.max(...known.map(paneOf));
  const partial = Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => !known.some((set) => set.partition === partition && paneOf(set) === lastPane),
  );
  if (partial.join() !== board.partial.join())
    throw new Wrong(`board ${keyOf(board)} is partial in [${board.partial}], not [${partial}]`);
  const wanted = rankingOf(board, known);
  const found = board.items.map(({ token, scoreMicro }) => `${token}=${scoreMicro}`).join(' ');
  if (found !== wanted) throw new Wrong(`board ${keyOf(board)} shows ${found}, not ${wanted}`);
}

/** Score descending, effective visitors descending, token ascending: once more, plainly. */
function rankingOf(board: Board, sets: readonly CandidateSet[]): string {
  const scorer = scorers.get(board.formula.id);
  if (scorer === undefined) throw new Wrong(`nobody scores ${board.formula.id}`);
  const window = windows.find(({ name }) => name === board.window)?.name ?? '1h';
  const past = mergeSites(sets.map(({ site }) => site));
  const site = { tokens: 0, views: 0, effective: 0, site: past, window };
  for (const { totals } of sets)
    for (const { scope, tokens, views, effective } of totals) {
      if (scope !== 'all') continue;
      site.tokens += tokens;
      site.views += views;
      site.effective += effective;
    }
  return sets
    .flatMap(({ items }) => items)
    .filter((candidate) => scorer.isEligible(candidate, site))
    .map((candidate) => ({ ...candidate, score: scoreOf(scorer, candidate, site) }))
    .sort((a, b) => b.score - a.score || b.effective - a.effective || (a.token < b.token ? -1 : 1))
    .map(({ token, score }) => `${token}=${score}`)
    .join(' ');
}

type Named = Pick<CandidateSet, 'window' | 'partition' | 'epoch' | 'inputOffset' | 'asOf'>;

function nameOf({ window, partition, epoch, inputOffset, asOf }: Named): string {
  return `${window}|${partition}|${epoch}|${inputOffset}|${asOf}`;
}
