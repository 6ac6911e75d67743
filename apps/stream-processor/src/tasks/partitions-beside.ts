/** Enough to keep reading while one is being folded, and bounded in memory. */
const besideMax = 4;

/** Restores partitions, or reads what restores them: some beside each other, begun in their order. Rejects with the first failure. */
export async function partitionsBeside(
  partitions: readonly number[],
  act: (partition: number) => Promise<void>,
): Promise<void> {
  const waiting = [...partitions];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: besideMax }, work));
}
