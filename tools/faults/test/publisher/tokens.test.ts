import { partitionOf } from '@trending/kafka';
import { defaultViewPartitions } from '@trending/schemas';
import { expect, test } from 'vitest';
import { tokensOnEveryPartition } from '../../src/publisher/tokens.ts';
import { randomOf } from '../../src/random.ts';

test('every partition gets its tokens, the same ones for the same seed', () => {
  const tokens = tokensOnEveryPartition(2, randomOf(3));
  const partitions = tokens.map(({ key }) => partitionOf(key, defaultViewPartitions));
  expect(partitions).toEqual(
    Array.from({ length: defaultViewPartitions }, (_, partition) => [partition, partition]).flat(),
  );
  expect(tokensOnEveryPartition(2, randomOf(3))).toEqual(tokens);
});
