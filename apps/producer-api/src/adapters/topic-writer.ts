import { type Log, type ProducedRecord, partitionOf, type Serde, topicName } from '@trending/kafka';
import { AppError, backoffDelay, type Logger, type Part } from '@trending/runtime';
import type { Topic } from '@trending/schemas';

/** Where serdes come from: the registry, or a test. */
export interface SerdeSource {
  serde<T>(topic: Topic, prefix?: string): Promise<Serde<T>>;
}

export interface TopicWriterSettings {
  readonly log: Log;
  readonly serdes: SerdeSource;
  readonly logger: Logger;
  readonly topic: Topic;
  readonly prefix: string;
}

/** A value to append; null is a tombstone. */
export interface Entry<T> {
  readonly key: string;
  readonly value: T | null;
  /** Record timestamp, ms. */
  readonly timestamp: number;
}

/** Outcome of one entry: undefined = all in-sync replicas have it. */
export type AppendOutcome = AppError | undefined;

export interface TopicWriter<T> extends Part {
  /** Resolves when the brokers have it. @throws AppError, retriable for broker trouble. */
  append(entry: Entry<T>): Promise<void>;
  /** One append per partition; outcomes in the order of `entries`. Never rejects for broker trouble. */
  appendAll(entries: readonly Entry<T>[]): Promise<readonly AppendOutcome[]>;
  /** What is missing to append, or undefined. */
  missing(): string | undefined;
}

interface Target<T> {
  readonly name: string;
  readonly partitions: number;
  readonly serde: Serde<T>;
}

const retry = { initialMs: 250, maxMs: 5_000 };

/**
 * Writes one topic. Start does not wait for broker and registry: they are looked for in the background until found, and
 * meanwhile every append is refused as retriable, so the service can be started in any order.
 */
export function createTopicWriter<T>(settings: TopicWriterSettings): TopicWriter<T> {
  const name = topicName(settings.topic, settings.prefix);
  const stopping = new AbortController();
  let target: Target<T> | undefined;
  let missing: string | undefined = `${name}: not connected yet`;
  let connecting: Promise<void> | undefined;

  const tryConnect = async (attempt: number): Promise<void> => {
    try {
      const serde = await settings.serdes.serde<T>(settings.topic, settings.prefix);
      target = { name, serde, partitions: await settings.log.partitionCount(name) };
      missing = undefined;
    } catch (error) {
      missing = `${name}: ${messageOf(error)}`;
      settings.logger[attempt === 0 ? 'warn' : 'debug']({ err: error }, `waiting for ${name}`);
      await pause(backoffDelay(retry, attempt, 0.5), stopping.signal);
    }
  };
  const connect = async (): Promise<void> => {
    for (let attempt = 0; target === undefined && !stopping.signal.aborted; attempt += 1)
      await tryConnect(attempt);
  };
  const ready = (): Target<T> => {
    if (target !== undefined) return target;
    throw new AppError({
      code: 'BROKER_UNAVAILABLE',
      message: 'The log cannot be reached yet; try again shortly.',
      retriable: true,
      cause: missing,
    });
  };
  return {
    name: `writer of ${name}`,
    missing: () => missing,
    async start() {
      connecting ??= connect();
    },
    async stop() {
      stopping.abort();
      await connecting;
    },
    async append(entry) {
      const to = ready();
      const partition = partitionOf(entry.key, to.partitions);
      await settings.log.append({ topic: to.name, partition }, [recordOf(to, entry)]);
    },
    async appendAll(entries) {
      const to = ready();
      return appendGrouped(settings.log, to, entries);
    },
  };
}

async function appendGrouped<T>(
  log: Log,
  target: Target<T>,
  entries: readonly Entry<T>[],
): Promise<readonly AppendOutcome[]> {
  const groups = new Map<number, { indexes: number[]; records: ProducedRecord[] }>();
  entries.forEach((entry, index) => {
    const partition = partitionOf(entry.key, target.partitions);
    const group = groups.get(partition) ?? { indexes: [], records: [] };
    if (group.indexes.length === 0) groups.set(partition, group);
    group.indexes.push(index);
    group.records.push(recordOf(target, entry));
  });
  const outcomes: AppendOutcome[] = new Array(entries.length).fill(undefined);
  await Promise.all(
    [...groups].map(async ([partition, { indexes, records }]) => {
      const outcome = await outcomeOf(log.append({ topic: target.name, partition }, records));
      for (const index of indexes) outcomes[index] = outcome;
    }),
  );
  return outcomes;
}

/** Broker trouble is an outcome of these records only; anything unknown is a defect and surfaces. */
async function outcomeOf(append: Promise<unknown>): Promise<AppendOutcome> {
  try {
    await append;
    return undefined;
  } catch (error) {
    if (error instanceof AppError && error.retriable) return error;
    throw error;
  }
}

function recordOf<T>(target: Target<T>, { key, value, timestamp }: Entry<T>): ProducedRecord {
  return { key, value: value === null ? null : target.serde.encode(value), timestamp };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
