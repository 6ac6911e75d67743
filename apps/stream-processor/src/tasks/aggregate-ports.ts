import type { Log, Serde, TopicPartition } from '@trending/kafka';
import type { Clock, Logger } from '@trending/runtime';
import type {
  CandidateSet,
  TokenMetadata,
  ViewDelta,
  ViewerJourneys,
  ViewerSightings,
} from '@trending/schemas';
import type { FoldedView } from '../domain/folded-view.ts';
import type { AggregateMetrics } from './aggregate-metrics.ts';

/** What the aggregate role touches of the world. Topic names are prefixed. */
export interface AggregatePorts {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AggregateMetrics;
  readonly views: Serde<FoldedView>;
  readonly metadata: Serde<TokenMetadata>;
  readonly candidates: Serde<CandidateSet>;
  readonly deltas: Serde<ViewDelta>;
  readonly sightings: Serde<ViewerSightings>;
  readonly journeys: Serde<ViewerJourneys>;
  readonly viewsTopic: string;
  readonly deltasTopic: string;
  readonly metadataTopic: string;
  readonly deadLettersTopic: string;
  readonly sightingsTopic: string;
  /** The topics of journeys and candidates have one partition. */
  readonly journeysTarget: TopicPartition;
  readonly candidatesTarget: TopicPartition;
}
