import { describe, expect, test } from 'vitest';
import { murmur2, partitionOf } from '../src/index.ts';

/** Computed with org.apache.kafka.common.utils.Utils of kafka-clients 4.3.0. */
const texts = [
  { key: '', hash: 275646681, of12: 9 },
  { key: 'a', hash: -1563381124, of12: 4 },
  { key: 'ab', hash: 316155434, of12: 2 },
  { key: 'abc', hash: 479470107, of12: 3 },
  { key: 'abcd', hash: -1323649548, of12: 8 },
  { key: 'abcde', hash: 461995741, of12: 1 },
  { key: 'sol:So11111111111111111111111111111111111111112', hash: -692536479, of12: 5 },
  { key: 'eth:0xdac17f958d2ee523a2206206994597c13d831ec7', hash: -231703387, of12: 1 },
  { key: 'bsc:native', hash: -2123611262, of12: 6 },
  { key: 'ton:EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs', hash: -194407671, of12: 5 },
  { key: '💎 diamant é', hash: -364300064, of12: 0 },
  { key: '1h|3', hash: 30400542, of12: 6 },
];
const bytes = [
  {
    hex: '183477a35a94c9bf390b770209d32a595d4a987d41f4b3e592471abe05194bb55dcab391',
    hash: 1607538654,
    of12: 6,
  },
  {
    hex: 'e98ee81edf7fae40bfe793d9fced52b202e34d15e5c4caaf166fc2edcea4fb1b',
    hash: 1165620998,
    of12: 2,
  },
  { hex: 'e944', hash: 1081884379, of12: 7 },
  { hex: 'b71cf8', hash: -1082937505, of12: 7 },
  {
    hex: '693058b22edd1479f1953297e1c82141a6a46d99364cf461b317c99fee614cc5a74b029f8f81',
    hash: -94013244,
    of12: 8,
  },
  { hex: '94aa2150847891d75da8dddd', hash: -855362061, of12: 11 },
];

describe("keys go where Kafka's Java client sends them", () => {
  test.each(texts)('text key $key', ({ key, hash, of12 }) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
    expect(partitionOf(key, 12)).toBe(of12);
  });

  test.each(bytes)('byte key $hex', ({ hex, hash, of12 }) => {
    const key = Buffer.from(hex, 'hex');
    expect(murmur2(key)).toBe(hash);
    expect(partitionOf(key, 12)).toBe(of12);
  });
});
