import type { Log, Serde, TopicPartition } from '@trending/kafka';
import type { Clock, Logger } from '@trending/runtime';
import type { ViewerJourneys, ViewerSightings } from '@trending/schemas';
import type { JourneyMetrics } from './journey-metrics.ts';

/** What the journey role touches of the world. Topic names are prefixed. */
export interface JourneyPorts {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: JourneyMetrics;
  readonly sightings: Serde<ViewerSightings>;
  readonly journeys: Serde<ViewerJourneys>;
  readonly sightingsTopic: string;
  /** The journeys topic has one partition. */
  readonly journeysTarget: TopicPartition;
}
