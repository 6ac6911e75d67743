import { type ProducedRecord, partitionOf } from '@trending/kafka';
import { inMemorySerde } from '@trending/kafka/testing';
import { chainOf, type TokenView, topics } from '@trending/schemas';

export const viewSerde = inMemorySerde<TokenView>(topics.views);

export interface GivenView {
  readonly token: string;
  readonly viewedAt: number;
  /** Visitor number; each is on a network of its own. */
  readonly visitor: number;
  /** Makes the event id; each view has its own. */
  readonly id: number;
}

export function viewOf({ token, viewedAt, visitor, id }: GivenView): TokenView {
  return {
    eventId: numbered(16, id),
    chain: chainOf(token),
    token,
    viewer: numbered(8, visitor),
    network: numbered(8, visitor),
    viewedAt,
    receivedAt: viewedAt,
    source: 'test',
    partnerId: null,
    country: null,
    device: null,
    dwellMs: null,
    weightMicro: 1_000_000,
    flags: 0,
  };
}

/** Record of a view, received when it was viewed. */
export function viewRecord(given: GivenView): ProducedRecord {
  const { token, viewedAt } = given;
  return { key: token, value: viewSerde.encode(viewOf(given)), timestamp: viewedAt };
}

export function partitionOfToken(token: string, partitions: number): number {
  return partitionOf(token, partitions);
}

function numbered(length: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32BE(value, length - 4);
  return bytes;
}
