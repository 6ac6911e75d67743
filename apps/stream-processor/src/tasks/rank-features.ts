import type { FeatureSet } from '@trending/schemas';
import type { RankPorts } from './rank-ports.ts';

/**
 * Writes down what boards were made of, for the history. Behind the boards, so that they never wait for it; a reign that dies in
 * between leaves a minute out, or the next one writes it.
 */
export async function publishFeatures(
  { log, features: serde, featuresTopic: topic }: RankPorts,
  sets: readonly FeatureSet[],
): Promise<void> {
  if (sets.length === 0) return;
  const records = sets.map((set) => ({ key: set.window, value: serde.encode(set) }));
  for (const record of records) await log.append({ topic, partition: 0 }, [record]);
}
