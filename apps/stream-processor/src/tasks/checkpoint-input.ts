import { AppError } from '@trending/runtime';
import type { AggregatePorts } from './aggregate-ports.ts';

type Offsets = ReadonlyMap<number, number>;

interface InputOf {
  readonly ports: AggregatePorts;
  /** First offset and end of the views, by partition, as they were when it was taken over. */
  readonly ranges: { readonly viewsStart: Offsets; readonly viewsEnd: Offsets };
}

/** @throws AppError INPUT_GAP when the views do not go on where the checkpoints end */
export async function checkInput(
  position: number,
  partition: number,
  { ports, ranges }: InputOf,
): Promise<void> {
  const { log, viewsTopic, deltasTopic } = ports;
  const start = ranges.viewsStart.get(partition) ?? 0;
  let end = ranges.viewsEnd.get(partition) ?? 0;
  // The owner before may have gone on reading, and writing, until our fence: what is the end now?
  if (position > end) end = (await log.endOffsets(viewsTopic)).get(partition) ?? 0;
  if (position >= start && position <= end) return;
  throw new AppError({
    code: 'INPUT_GAP',
    message: `${viewsTopic}/${partition} holds offsets ${start} to ${end}, the checkpoints end at ${position}: views were removed before they were counted, or the topic was made anew. Counts are never guessed. To go on with what is left, stop the processors, delete the topic ${deltasTopic} and run npm run topics:apply: the counts are then rebuilt from the views. See 'Offsets are gone' in docs/operations.md.`,
  });
}
