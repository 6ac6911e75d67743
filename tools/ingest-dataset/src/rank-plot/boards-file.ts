import { open } from 'node:fs/promises';
import { asError } from '@trending/runtime/errors';
import { UsageError } from '@trending/runtime/usage';
import { type BoardName, type PlottedBoard, plottedBoard } from './rank-series.ts';

/** The boards of one name in the file of a replay. @throws UsageError saying what is wrong where. */
export async function readBoards(path: string, wanted: BoardName): Promise<PlottedBoard[]> {
  const boards: PlottedBoard[] = [];
  let number = 0;
  for await (const line of linesOf(path)) {
    number += 1;
    const board = line === '' ? undefined : boardIn(line, wanted, `${path}, line ${number}`);
    if (board !== undefined) boards.push(board);
  }
  return boards;
}

async function* linesOf(path: string): AsyncGenerator<string> {
  try {
    const file = await open(path);
    yield* file.readLines();
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${asError(error).message}`);
  }
}

function boardIn(line: string, wanted: BoardName, where: string): PlottedBoard | undefined {
  try {
    return plottedBoard(line, wanted);
  } catch (error) {
    throw new UsageError(`${where} is no board of a replay: ${asError(error).message}`);
  }
}
