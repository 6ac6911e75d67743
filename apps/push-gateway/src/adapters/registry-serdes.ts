import type { Registry } from '@trending/kafka';
import { type Board, type TokenMetadata, topics } from '@trending/schemas';
import type { BoardSerdes } from './board-source.ts';

/** The serdes of what a gateway reads; asked for at every attempt to connect. */
export function registrySerdes(registry: Registry, topicPrefix: string) {
  return async (): Promise<BoardSerdes> => ({
    boards: await registry.serde<Board>(topics.rankings, topicPrefix),
    metadata: await registry.serde<TokenMetadata>(topics.metadata, topicPrefix),
  });
}
