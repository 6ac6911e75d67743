import { rebuildFrom } from '../domain/rebuild-range.ts';
import type { AggregatePorts } from './aggregate-ports.ts';

type Offsets = ReadonlyMap<number, number>;

/** What is known of the topics at a takeover, by partition. */
export interface TopicRanges {
  readonly viewsStart: Offsets;
  readonly viewsEnd: Offsets;
  readonly deltasStart: Offsets;
  /** Asked only when a partition has no checkpoint: where to begin, and above which number its epochs lie. */
  readonly firstStart: () => Promise<{ readonly from: Offsets; readonly epochBase: number }>;
}

export interface TopicRangesSettings {
  readonly ports: Pick<AggregatePorts, 'log' | 'clock' | 'viewsTopic' | 'deltasTopic'>;
  /** Appends a fence to the candidates topic; its offset is above every epoch used there. */
  readonly fenceCandidates: () => Promise<number>;
}

export async function topicRanges({
  ports,
  fenceCandidates,
}: TopicRangesSettings): Promise<TopicRanges> {
  const { log, clock, viewsTopic, deltasTopic } = ports;
  const viewsEnd = await log.endOffsets(viewsTopic);
  const viewsStart = await log.startOffsets(viewsTopic);
  const deltasStart = await log.startOffsets(deltasTopic);
  let first: ReturnType<TopicRanges['firstStart']> | undefined;
  const ask = async () => {
    const from = await log.offsetsForTime(viewsTopic, rebuildFrom(clock.now()));
    return { from, epochBase: await fenceCandidates() };
  };
  const firstStart = () => {
    first ??= ask();
    return first;
  };
  return { viewsEnd, viewsStart, deltasStart, firstStart };
}
