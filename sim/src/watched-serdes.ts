import { type CandidateSet, topics, type ViewDelta } from '@trending/schemas';
import { Wrong } from './failure.ts';
import { sharedSerdes as serdes } from './shared-serde.ts';
import type { SimulatedLog } from './simulated-log.ts';
import type { Surroundings } from './surroundings.ts';

/** What was known when an owner came: no set of it may know less. */
interface Bound {
  readonly views: number;
  readonly journeys: number;
}

/**
 * Looks at what an aggregate process is about to write: no candidate set of an epoch may show less than the log held when that
 * epoch's owner came, nor know less of viewers than sets did by then, or boards would step back.
 */
export function watchedSerdes(world: Surroundings, log: SimulatedLog) {
  // Two takeovers may run beside each other: the older answer is the safe one.
  let ends: ReadonlyMap<number, number> = new Map();
  let before = ends;
  log.onEnds = (topic, found) => {
    if (topic === topics.views.name) [before, ends] = [ends, found];
  };
  const atFence = new Map<number, Bound>();
  const bounds = new Map<string, Bound>();
  /** Encoded, and not asked to be appended yet: only an append tells which partition it is for. */
  const fences = new Set<Uint8Array>();
  log.onAppend = ({ partition }, [record]) => {
    if (!record?.value || !fences.delete(record.value as Uint8Array)) return;
    const end = ends.get(partition) ?? 0;
    const views = Math.min(end, before.get(partition) ?? end);
    atFence.set(partition, { views, journeys: journeysShown(world, partition) });
  };
  const { deltas, candidates } = serdes;
  return {
    deltas: {
      topic: deltas.topic,
      decode: (bytes: Uint8Array) => deltas.decode(bytes),
      resolve: (bytes: Uint8Array) => deltas.resolve(bytes),
      encode: (record: ViewDelta) => {
        const bytes = deltas.encode(record);
        if (record.kind === 'fence') fences.add(bytes);
        return bytes;
      },
    },
    candidates: {
      topic: candidates.topic,
      decode: (bytes: Uint8Array) => candidates.decode(bytes),
      resolve: (bytes: Uint8Array) => candidates.resolve(bytes),
      encode: (set: CandidateSet) => {
        const { partition, epoch } = set;
        const key = `${partition}|${epoch}`;
        const bound = bounds.get(key) ?? atFence.get(partition) ?? { views: 0, journeys: 0 };
        bounds.set(key, bound);
        checkBound(set, bound);
        world.sets.push(set);
        return candidates.encode(set);
      },
    },
  };
}

/** How much of the journeys topic any set of the partition knew so far. */
function journeysShown({ sets }: Surroundings, partition: number): number {
  const own = sets.filter((set) => set.partition === partition);
  return Math.max(0, ...own.map(({ journeyOffset }) => journeyOffset));
}

function checkBound(set: CandidateSet, { views, journeys }: Bound): void {
  const { partition, epoch, inputOffset, journeyOffset } = set;
  const where = `partition ${partition}, epoch ${epoch}`;
  if (inputOffset < views)
    throw new Wrong(`${where}: a set of offset ${inputOffset} left before ${views} was reached`);
  if (journeyOffset < journeys)
    throw new Wrong(`${where}: a set knows journeys up to ${journeyOffset}, not to ${journeys}`);
}
