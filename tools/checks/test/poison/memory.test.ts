import { expect, test } from 'vitest';
import { memoryReport } from '../../src/poison/memory.ts';

test('a heap that only waits for its collection is flat, one whose floor rises is not', () => {
  const samplesOf = (heaps: number[]) => heaps.map((heapMb) => ({ heapMb, rssMb: 100 + heapMb }));
  expect(memoryReport(samplesOf([40, 80, 41, 90, 95, 60, 42, 88, 91]))).toEqual({
    ...{ samples: 9, heapFloorFirstMb: 40, heapFloorLastMb: 42 },
    ...{ rssFirstMb: 140, rssPeakMb: 195, rssLastMb: 191 },
  });
  const leaking = memoryReport(samplesOf([40, 80, 60, 90, 70, 95, 80, 99, 85]));
  expect(leaking.heapFloorLastMb - leaking.heapFloorFirstMb).toBe(40);
});
