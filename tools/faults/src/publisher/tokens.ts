import { partitionOf } from '@trending/kafka';
import type { Random } from '@trending/runtime/random';
import { defaultViewPartitions } from '@trending/schemas';
import { below } from '../random.ts';

export interface PublishedToken {
  readonly chain: string;
  readonly address: string;
  readonly key: string;
}

/** `perPartition` tokens of every partition of the views topic, in the order of the partitions. */
export function tokensOnEveryPartition(perPartition: number, random: Random): PublishedToken[] {
  const found = Array.from({ length: defaultViewPartitions }, () => [] as PublishedToken[]);
  while (found.some(({ length }) => length < perPartition)) {
    const digits = Array.from({ length: 40 }, () => below(random, 16).toString(16));
    const address = `0x${digits.join('')}`;
    const key = `eth:${address}`;
    const list = found[partitionOf(key, defaultViewPartitions)];
    if (list !== undefined && list.length < perPartition) list.push({ chain: 'eth', address, key });
  }
  return found.flat();
}
