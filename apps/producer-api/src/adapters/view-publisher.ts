import {
  AppError,
  asError,
  type Clock,
  type HealthCheck,
  isRetriable,
  type Part,
} from '@trending/runtime';
import { type TokenView, topics } from '@trending/schemas';
import type { AcceptedView } from '../domain/accept-view.ts';
import type { PublishMetrics } from './publish-metrics.ts';
import {
  type AppendOutcome,
  createTopicWriter,
  type Entry,
  type TopicWriter,
  type TopicWriterSettings,
} from './topic-writer.ts';

export interface ViewPublisherSettings extends Omit<TopicWriterSettings, 'topic'> {
  readonly clock: Clock;
  readonly metrics: PublishMetrics;
  /** Views waiting for their acknowledgement; more are refused at once. */
  readonly inFlightMax: number;
}

export interface ViewPublisher {
  readonly parts: readonly Part[];
  readonly ready: readonly HealthCheck[];
  /** Resolves when the brokers have the view. @throws AppError, retriable for broker trouble and overload. */
  publish(accepted: AcceptedView): Promise<void>;
  /** Outcome per view, in order: undefined = the brokers have it. */
  publishAll(accepted: readonly AcceptedView[]): Promise<readonly AppendOutcome[]>;
  /** Mean wait of the appends that the brokers acknowledged since it was last asked, ms; 0 when there were none. */
  takeMeanWaitMs(): number;
}

/** After a failed append readiness stays red for this long, unless one succeeds: long enough to be routed around. */
const redAfterFailureMs = 10_000;

/** Appends views: the last 24 hours to the live log, older ones to the backfill log. */
export function createViewPublisher(settings: ViewPublisherSettings): ViewPublisher {
  const { metrics, clock, inFlightMax } = settings;
  const live = createTopicWriter<TokenView>({ ...settings, topic: topics.views });
  const backfill = createTopicWriter<TokenView>({ ...settings, topic: topics.backfill });
  const writers = { views: live, backfill };
  let inFlight = 0;
  let waits = { sum: 0, count: 0 };
  let failure: { readonly at: number; readonly message: string } | undefined;
  metrics.watchInFlight(() => inFlight);

  const finished = (views: number, startedAt: number, error: Error | undefined): void => {
    inFlight -= views;
    // Before the first connection every append fails, and the log's own check is red already.
    const isBroken = error !== undefined && live.missing() === undefined;
    failure = isBroken ? { at: clock.now(), message: error.message } : undefined;
    const waitMs = performance.now() - startedAt;
    metrics.ackSeconds.observe(waitMs / 1000);
    // A partition whose leader is away fails alone: it says nothing of the queue of the others.
    if (error !== undefined) return;
    waits.sum += waitMs;
    waits.count += 1;
  };
  const admit = (views: number): number => {
    if (inFlight + views > inFlightMax) throw overload(inFlight);
    inFlight += views;
    return performance.now();
  };
  return {
    parts: [live, backfill],
    takeMeanWaitMs() {
      const { sum, count } = waits;
      waits = { sum: 0, count: 0 };
      return count === 0 ? 0 : sum / count;
    },
    ready: [
      { name: 'views-log', check: () => live.missing() },
      { name: 'backfill-log', check: () => backfill.missing() },
      {
        name: 'appends',
        check: () =>
          failure !== undefined && clock.now() - failure.at < redAfterFailureMs
            ? `the last append failed: ${failure.message}`
            : undefined,
      },
    ],
    async publish(accepted) {
      const startedAt = admit(1);
      try {
        await writers[accepted.topic].append(entryOf(accepted));
      } catch (error) {
        finished(1, startedAt, asError(error));
        throw error;
      }
      finished(1, startedAt, undefined);
    },
    async publishAll(accepted) {
      const startedAt = admit(accepted.length);
      const outcomes = await appendByTopic(writers, accepted).catch((error: unknown) => {
        finished(accepted.length, startedAt, asError(error));
        throw error;
      });
      const failed = outcomes.find((outcome) => outcome !== undefined);
      finished(accepted.length, startedAt, failed);
      return outcomes;
    },
  };
}

async function appendByTopic(
  writers: Readonly<Record<AcceptedView['topic'], TopicWriter<TokenView>>>,
  accepted: readonly AcceptedView[],
): Promise<readonly AppendOutcome[]> {
  const outcomes: AppendOutcome[] = new Array(accepted.length).fill(undefined);
  const parts = (['views', 'backfill'] as const).map(async (topic) => {
    const indexes: number[] = [];
    const entries: Entry<TokenView>[] = [];
    for (const [index, view] of accepted.entries()) {
      if (view.topic !== topic) continue;
      indexes.push(index);
      entries.push(entryOf(view));
    }
    if (entries.length === 0) return;
    const part = await writers[topic].appendAll(entries).catch((error: unknown) => {
      if (!isRetriable(error)) throw error;
      return entries.map(() => error as AppError);
    });
    part.forEach((outcome, i) => {
      const index = indexes[i];
      if (index !== undefined) outcomes[index] = outcome;
    });
  });
  await Promise.all(parts);
  return outcomes;
}

/** Live records carry the receive time, so that retention and time look-ups follow the log; old views carry their own time. */
function entryOf({ topic, view }: AcceptedView): Entry<TokenView> {
  const timestamp = topic === 'backfill' ? view.viewedAt : view.receivedAt;
  return { key: view.token, value: view, timestamp };
}

function overload(inFlight: number): AppError {
  return new AppError({
    code: 'QUEUE_FULL',
    message: `${inFlight} views already wait for the brokers; try again shortly.`,
    retriable: true,
  });
}
