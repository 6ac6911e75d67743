import { readSum } from '../shared/processors.ts';

export interface MemorySample {
  readonly heapMb: number;
  readonly rssMb: number;
}

/** Of the processors, megabytes. A heap's floor is what stays behind a collection: what leaks lifts it, what waits for one does not. */
export interface MemoryReport {
  readonly samples: number;
  readonly heapFloorFirstMb: number;
  readonly heapFloorLastMb: number;
  readonly rssFirstMb: number;
  readonly rssPeakMb: number;
  readonly rssLastMb: number;
}

const everyMs = 500;
const mb = 2 ** 20;

/** Asks the processors for their memory until stopped. */
export function watchMemory(processors: readonly string[]): { stop(): MemoryReport } {
  const samples: MemorySample[] = [];
  let isAsking = false;
  const ask = async () => {
    if (isAsking) return;
    isAsking = true;
    const heap = await readSum(processors, 'nodejs_heap_size_used_bytes').catch(() => undefined);
    const rss = await readSum(processors, 'process_resident_memory_bytes').catch(() => undefined);
    if (heap !== undefined && rss !== undefined)
      samples.push({ heapMb: heap / mb, rssMb: rss / mb });
    isAsking = false;
  };
  const timer = setInterval(() => void ask(), everyMs);
  return {
    stop() {
      clearInterval(timer);
      return memoryReport(samples);
    },
  };
}

/** Compares the first third with the last. */
export function memoryReport(samples: readonly MemorySample[]): MemoryReport {
  const third = Math.ceil(samples.length / 3);
  const [first, last] = [samples.slice(0, third), samples.slice(samples.length - third)];
  const floor = (of: readonly MemorySample[]) => Math.round(Math.min(...of.map((s) => s.heapMb)));
  return {
    samples: samples.length,
    heapFloorFirstMb: floor(first),
    heapFloorLastMb: floor(last),
    rssFirstMb: Math.round(samples[0]?.rssMb ?? 0),
    rssPeakMb: Math.round(Math.max(...samples.map((s) => s.rssMb))),
    rssLastMb: Math.round(samples.at(-1)?.rssMb ?? 0),
  };
}
