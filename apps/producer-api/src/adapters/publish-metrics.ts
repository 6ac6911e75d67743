import { Counter, Gauge, Histogram, type Registry } from '@trending/runtime';

type CallerKind = 'anonymous' | 'key';
type ViewTopic = 'views' | 'backfill';

/** Every view that reaches the service ends in exactly one of accepted, filtered, duplicate, rejected. */
export interface PublishMetrics {
  accepted(caller: CallerKind, topic: ViewTopic): void;
  filtered(reason: string): void;
  duplicate(): void;
  rejected(reason: string): void;
  /** Same event id, other payload. */
  conflict(): void;
  metadata(count: number): void;
  /** A request turned away at the door, its views unread. */
  turnedAway(): void;
  readonly ackSeconds: { observe(seconds: number): void };
  watchInFlight(read: () => number): void;
  watchShare(read: () => number): void;
}

export function createPublishMetrics(registry: Registry): PublishMetrics {
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const filtered = counter('trending_views_filtered_total', 'Views in the log that do not count', [
    'reason',
  ]);
  const duplicate = counter('trending_views_duplicate_total', 'Retries of acknowledged views');
  const rejected = counter('trending_views_rejected_total', 'Views refused', ['reason']);
  const conflict = counter('trending_event_id_conflicts_total', 'Known event id, other payload');
  const metadata = counter(
    'trending_token_metadata_accepted_total',
    'Token metadata records appended',
  );
  const turnedAway = counter(
    'trending_requests_turned_away_total',
    'Requests answered 503 at once',
  );
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  const ackSeconds = new Histogram({
    name: 'trending_append_seconds',
    help: 'From append to acknowledgement by all in-sync replicas, per request',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  return {
    accepted: acceptedViews(registry),
    filtered: (reason) => filtered.labels(reason).inc(),
    duplicate: () => duplicate.inc(),
    rejected: (reason) => rejected.labels(reason).inc(),
    conflict: () => conflict.inc(),
    metadata: (count) => metadata.inc(count),
    ackSeconds,
    turnedAway: () => turnedAway.inc(),
    watchInFlight(read) {
      gauge('trending_views_in_flight', 'Views waiting for their acknowledgement', read);
    },
    watchShare(read) {
      gauge('trending_admitted_share', 'Share of the requests that is let in, 0 to 1', read);
    },
  };
}

/** Counted in plain numbers, which the counter hears of when it is read: its labels cost as much as checking the view. */
function acceptedViews(registry: Registry): PublishMetrics['accepted'] {
  const news = { anonymous: { views: 0, backfill: 0 }, key: { views: 0, backfill: 0 } };
  new Counter({
    name: 'trending_views_accepted_total',
    help: 'Views the brokers have',
    labelNames: ['caller', 'topic'],
    registers: [registry],
    collect() {
      for (const caller of ['anonymous', 'key'] as const)
        for (const topic of ['views', 'backfill'] as const) {
          const views = news[caller][topic];
          if (views > 0) this.inc({ caller, topic }, views);
          news[caller][topic] = 0;
        }
    },
  });
  return (caller, topic) => {
    news[caller][topic] += 1;
  };
}
