import {
  type ConsumedRecord,
  type ProducedRecord,
  type TopicPartition,
  topicSpecs,
} from '@trending/kafka';
import { topics } from '@trending/schemas';
import { InMemoryTopic } from '../../packages/kafka/src/testing/in-memory-topic.ts';
import { topicMissing } from '../../packages/kafka/src/topic-errors.ts';
import { Process, type Scheduler } from './scheduler.ts';

/** One produce request of an idempotent producer. */
export interface ProduceRequest {
  readonly producerId: number;
  readonly sequence: number;
  readonly target: TopicPartition;
  readonly records: readonly ProducedRecord[];
}

interface LastBatch {
  readonly sequence: number;
  readonly count: number;
  readonly baseOffset: number;
}

/** The broker: topics as arrays, idempotent producers known by their last batch. Freezing its process is a restart. */
export class Broker {
  readonly process = new Process('broker');
  readonly scheduler: Scheduler;
  readonly partitions: number;
  /** The checkpoint logs whole, by partition, whatever was deleted. */
  readonly archive: ConsumedRecord[][];
  /** Produce requests on their way, by number: a long pause of the world ends them. */
  readonly #travelling = new Map<number, () => void>();
  readonly #topics = new Map<string, InMemoryTopic>();
  readonly #producers = new Map<string, LastBatch>();
  readonly #listeners = new Map<string, Set<() => void>>();
  #producerIds = 0;
  #requests = 0;

  constructor(scheduler: Scheduler, partitions: number) {
    this.scheduler = scheduler;
    this.partitions = partitions;
    this.archive = Array.from({ length: partitions }, () => []);
    for (const spec of topicSpecs({ prefix: '', viewPartitions: partitions }))
      this.#topics.set(spec.name, new InMemoryTopic(spec));
  }

  topic(name: string): InMemoryTopic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw topicMissing(name);
    return topic;
  }

  end(topic: string, partition: number): number {
    return this.topic(topic).partition(partition).endOffset;
  }

  newProducer(): number {
    this.#producerIds += 1;
    return this.#producerIds;
  }

  /** A batch known by its sequence is answered again, not written again. @returns the offset of its first record */
  land(request: ProduceRequest): number {
    const { producerId, sequence, target, records } = request;
    const key = `${producerId}|${target.topic}/${target.partition}`;
    const last = this.#producers.get(key);
    if (last !== undefined && sequence < last.sequence + last.count) return last.baseOffset;
    const topic = this.topic(target.topic);
    const baseOffset = topic.append(target.partition, records, this.scheduler.now());
    this.#producers.set(key, { sequence, count: records.length, baseOffset });
    if (target.topic === topics.viewDeltas.name)
      this.archive[target.partition]?.push(
        ...topic.partition(target.partition).records.slice(-records.length),
      );
    this.#wake(target);
    return baseOffset;
  }

  /** Sends a request off: it lands at some later moment, or when the world is about to sleep. */
  travel(what: string, land: () => void): void {
    this.#requests += 1;
    const id = this.#requests;
    const once = () => {
      if (this.#travelling.delete(id)) land();
    };
    this.#travelling.set(id, once);
    this.scheduler.post(this.process, what, once);
  }

  /** Whatever travels lands now or never: nothing travels for hours. */
  settleTravelling(): void {
    for (const [id, land] of [...this.#travelling]) {
      if (this.scheduler.random.chance(0.5)) land();
      else this.#travelling.delete(id);
    }
  }

  /** Calls once, when something is appended to the partition. */
  onAppend(target: TopicPartition, wake: () => void): void {
    const key = `${target.topic}/${target.partition}`;
    const waiting = this.#listeners.get(key) ?? new Set();
    waiting.add(wake);
    this.#listeners.set(key, waiting);
  }

  #wake(target: TopicPartition): void {
    const key = `${target.topic}/${target.partition}`;
    const waiting = this.#listeners.get(key);
    this.#listeners.delete(key);
    for (const wake of waiting ?? []) wake();
  }
}
