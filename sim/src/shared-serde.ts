import type { Decoded, Serde, SerdeOptions } from '@trending/kafka';
import { inMemorySerde } from '@trending/kafka/testing';
import {
  type Board,
  type CandidateSet,
  type FeatureSet,
  type TokenMetadata,
  type TokenView,
  type Topic,
  topics,
  type ViewDelta,
  type ViewerJourneys,
  type ViewerSightings,
} from '@trending/schemas';
import { keptCandidates } from '../../apps/stream-processor/src/domain/candidate-order.ts';

/** One seed in so many checks that readers leave what they share alone: code that would change it does so in any seed. */
const frozenEvery = 16;
let isFreezing = true;

/**
 * A serde whose readers share what a record decodes to: many read the same bytes in one run. Nobody may change it: in some seeds
 * objects and lists are frozen, and in all of them the oracles decode apart from the members, so that changed bytes show as a wrong
 * count.
 */
class SharedSerde<T> implements Serde<T> {
  readonly topic: Topic;
  readonly #serde: Serde<T>;
  /** Of the running seed, by the very bytes. */
  readonly #known = new Map<Uint8Array, Decoded<T>>();

  constructor(topic: Topic, options: SerdeOptions<T> = {}) {
    this.topic = topic;
    this.#serde = inMemorySerde<T>(topic, options);
  }

  encode(value: T): Uint8Array {
    return this.#serde.encode(value);
  }

  decode(bytes: Uint8Array): Decoded<T> | undefined {
    const found = this.#known.get(bytes);
    if (found !== undefined) return found;
    const decoded = this.#serde.decode(bytes);
    if (decoded === undefined) return undefined;
    if (isFreezing) freeze(decoded);
    this.#known.set(bytes, decoded);
    return decoded;
  }

  resolve(bytes: Uint8Array): Promise<void> {
    return this.#serde.resolve(bytes);
  }

  forget(): void {
    this.#known.clear();
  }
}

/** What the real members, and whoever recovers like them, read and write with. */
export const sharedSerdes = {
  views: new SharedSerde<TokenView>(topics.views),
  metadata: new SharedSerde<TokenMetadata>(topics.metadata),
  candidates: new SharedSerde<CandidateSet>(topics.candidates, { kept: keptCandidates }),
  boards: new SharedSerde<Board>(topics.rankings),
  features: new SharedSerde<FeatureSet>(topics.features),
  deltas: new SharedSerde<ViewDelta>(topics.viewDeltas),
  sightings: new SharedSerde<ViewerSightings>(topics.sightings),
  journeys: new SharedSerde<ViewerJourneys>(topics.journeys),
};

/** What whoever judges the members reads with: the readers of boards and the oracles, who read the same records again and again. */
export const oracleSerdes = {
  boards: new SharedSerde<Board>(topics.rankings),
  deltas: new SharedSerde<ViewDelta>(topics.viewDeltas),
  journeys: new SharedSerde<ViewerJourneys>(topics.journeys),
};

/** Forgets what the seed before read. */
export function beginSeed(seed: number): void {
  isFreezing = seed % frozenEvery === 0;
  for (const serdes of [sharedSerdes, oracleSerdes])
    for (const serde of Object.values(serdes)) serde.forget();
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const part of Object.values(value)) freeze(part);
  Object.freeze(value);
}
