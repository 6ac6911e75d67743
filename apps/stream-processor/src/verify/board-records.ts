import { type Log, type Registry, topicName } from '@trending/kafka';
import type { Logger } from '@trending/runtime';
import {
  type Board,
  boardFenceKey,
  type Control,
  type TokenMetadata,
  topics,
  type ViewerJourneys,
} from '@trending/schemas';
import { readTable } from '../control/commands.ts';
import { type FoldedView, foldedFields } from '../domain/folded-view.ts';
import { readCategories } from '../replay/replay-source.ts';
import { decoded } from '../tasks/rank-ports.ts';
import { journeyPorts } from './told-journeys.ts';
import { type BoardVerdict, verifyBoards } from './verify-boards.ts';
import { foldable, newestValues } from './verify-command.ts';

export interface BoardVerifyWorld {
  readonly log: Log;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly prefix: string;
  readonly isWanted: (board: Board) => boolean;
  /** Called before each partition. */
  readonly progressed: (done: number, partitions: number) => void;
}

/** Makes the newest record of every wanted board again from the log and compares. Reads only. */
export async function verifyBoardRecords(world: BoardVerifyWorld): Promise<BoardVerdict[]> {
  const { log, registry, logger, prefix, progressed } = world;
  const topic = topicName(topics.views, prefix);
  const views = await registry.serde<FoldedView>(topics.views, prefix, { fields: foldedFields });
  const metadata = await registry.serde<TokenMetadata>(topics.metadata, prefix);
  const control = await registry.serde<Control>(topics.control, prefix);
  // Boards first: what they were made of is then known, whatever comes meanwhile.
  const boards = await newestBoards(world);
  const journeys = await registry.serde<ViewerJourneys>(topics.journeys, prefix);
  return verifyBoards(
    {
      categories: await readCategories(log, metadata, topicName(topics.metadata, prefix)),
      rules: await readTable({ log, control, logger, prefix }),
      partitions: await log.partitionCount(topic),
      ...(await journeyPorts(log, journeys, prefix)),
      views: (partition, range) => foldable(log, views, { topic, partition, ...range }),
      offsetsForTime: (time) => log.offsetsForTime(topic, time),
      progressed,
    },
    boards,
  );
}

/** The verdicts in lines, and whether all boards are the same. */
export function boardVerdictText(verdicts: readonly BoardVerdict[]): {
  readonly text: string;
  readonly isWell: boolean;
} {
  const wrong = verdicts.filter(({ differences }) => differences.length > 0);
  const left = verdicts.filter(({ skipped }) => skipped !== undefined);
  const reasons = Map.groupBy(left, ({ skipped }) => skipped);
  const lines = [
    ...wrong.flatMap(({ key, asOf, differences }) => [
      `${key} of ${new Date(asOf).toISOString()} is DIFFERENT`,
      ...differences.map((difference) => `  ${difference}`),
    ]),
    ...[...reasons].map(([reason, own]) => `${own.length} boards left out: ${reason}`),
    `${verdicts.length - wrong.length - left.length} boards made again from the log are the same, ${wrong.length} are not`,
  ];
  return { text: `${lines.join('\n')}\n`, isWell: wrong.length === 0 };
}

async function newestBoards({
  log,
  registry,
  prefix,
  isWanted,
}: BoardVerifyWorld): Promise<ReadonlyMap<string, Board>> {
  const serde = await registry.serde<Board>(topics.rankings, prefix);
  const newest = new Map<string, Board>();
  for (const [key, value] of await newestValues(log, topicName(topics.rankings, prefix))) {
    const board = key === boardFenceKey ? undefined : await decoded(serde, value);
    if (board !== undefined && isWanted(board)) newest.set(key, board);
  }
  return newest;
}
