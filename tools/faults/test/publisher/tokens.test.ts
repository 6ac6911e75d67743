import { partitionOf } from '@trending/kafka';
import { seededRandom } from '@trending/runtime/random';
import { defaultViewPartitions } from '@trending/schemas';
import { expect, test } from 'vitest';
import { tokensOnEveryPartition } from '../../src/publisher/tokens.ts';

test('every partition gets its tokens, the same ones for the same seed', () => {
  const tokens = tokensOnEveryPartition(2, seededRandom(3));
  const partitions = tokens.map(({ key }) => partitionOf(key, defaultViewPartitions));
  expect(partitions).toEqual(
    Array.from({ length: defaultViewPartitions }, (_, partition) => [partition, partition]).flat(),
  );
  expect(tokensOnEveryPartition(2, seededRandom(3))).toEqual(tokens);
});
