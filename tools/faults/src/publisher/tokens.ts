import { partitionOf } from '@trending/kafka';
import type { Random } from '@trending/runtime/random';
import { defaultViewPartitions } from '@trending/schemas';
import { below } from '../random.ts';

export interface PublishedToken {
  readonly chain: string;
  readonly address: string;
  readonly key: string;
}

/** Every third token is a coin type: names in capitals within a key have been taken for a wrong spelling before. */
function tokenOf(index: number, random: Random): PublishedToken {
  const digits = Array.from({ length: 40 }, () => below(random, 16).toString(16)).join('');
  if (index % 3 > 0) return { chain: 'eth', address: `0x${digits}`, key: `eth:0x${digits}` };
  const name = '::coin::COIN_A';
  return {
    chain: 'sui',
    address: `0x${digits}${name}`,
    key: `sui:0x${digits.padStart(64, '0')}${name}`,
  };
}

/** `perPartition` tokens of every partition of the views topic, in the order of the partitions. */
export function tokensOnEveryPartition(perPartition: number, random: Random): PublishedToken[] {
  const found = Array.from({ length: defaultViewPartitions }, () => [] as PublishedToken[]);
  for (let tried = 0; found.some(({ length }) => length < perPartition); tried += 1) {
    const token = tokenOf(tried, random);
    const list = found[partitionOf(token.key, defaultViewPartitions)];
    if (list !== undefined && list.length < perPartition) list.push(token);
  }
  return found.flat();
}
