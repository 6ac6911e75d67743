import { Counter, Gauge, Histogram, type Registry } from '@trending/runtime';

/** What becomes of a sighting; `ahead`: of a day that the log has not reached; `unremembered`: there was no room, and so no fact of later ones. */
export type SightingFate = 'taken' | 'ahead' | 'unremembered';

/** What the journey role tells of itself. */
export interface JourneyMetrics {
  readonly sightings: Counter<'fate'>;
  readonly undecoded: Counter;
  readonly facts: Counter<'kind'>;
  readonly rebuildSeconds: Histogram;
}

/** What is asked of a partition at every scrape. */
export interface JourneyFigures {
  readonly partition: number;
  readonly position: number;
  /** In memory. */
  readonly viewers: number;
}

/** `partitions` are asked at every scrape. */
export function createJourneyMetrics(
  registry: Registry,
  partitions: () => Iterable<JourneyFigures>,
): JourneyMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, read: (figures: JourneyFigures) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['partition'],
      registers,
      collect() {
        this.reset();
        for (const figures of partitions())
          this.set({ partition: String(figures.partition) }, read(figures));
      },
    });
  gauge(
    'trending_journey_viewers',
    'Viewers in memory, by day: one of both days counts twice',
    ({ viewers }) => viewers,
  );
  gauge('trending_journey_position', 'Next offset of the sightings', ({ position }) => position);
  return {
    sightings: new Counter({
      name: 'trending_journey_sightings_total',
      help: 'Viewers at tokens that were told of, by fate',
      labelNames: ['fate'],
      registers,
    }),
    undecoded: new Counter({
      name: 'trending_journey_undecoded_total',
      help: 'Records of the sightings that do not decode, and were passed over',
      registers,
    }),
    facts: new Counter({
      name: 'trending_journey_facts_total',
      help: 'Facts about viewers that were acknowledged, by kind',
      labelNames: ['kind'],
      registers,
    }),
    rebuildSeconds: new Histogram({
      name: 'trending_journey_rebuild_seconds',
      help: 'Rebuilding what one partition of the sightings knows of its viewers',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
  };
}
