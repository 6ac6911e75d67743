import { topicName } from '@trending/kafka';
import { type Board, topics } from '@trending/schemas';
import { decoded } from '../tasks/rank-ports.ts';
import type { ControlDeps } from './control-deps.ts';

const lookEveryMs = 200;

/** The first board behind `from` whose cut has the control offset; undefined when none came in time. */
export async function boardKnowing(
  {
    offset,
    from,
    waitMs,
  }: { readonly offset: number; readonly from: number; readonly waitMs: number },
  { log, boards, clock, delay, prefix }: ControlDeps,
): Promise<Board | undefined> {
  const topic = topicName(topics.rankings, prefix);
  const deadline = clock.now() + waitMs;
  for (let next = from; ; ) {
    const to = (await log.endOffsets(topic)).get(0) ?? 0;
    for await (const board of boardsOf({ log, boards }, topic, { from: next, to }))
      if (board.controlOffset > offset) return board;
    next = to;
    if (clock.now() >= deadline) return undefined;
    await delay(lookEveryMs);
  }
}

async function* boardsOf(
  { log, boards }: Pick<ControlDeps, 'log' | 'boards'>,
  topic: string,
  range: { readonly from: number; readonly to: number },
): AsyncGenerator<Board> {
  if (range.from >= range.to) return;
  for await (const { records } of log.read({ topic, partition: 0 }, range)) {
    for (const { value } of records) {
      const board = value === null ? undefined : await decoded(boards, value);
      if (board !== undefined) yield board;
    }
  }
}
