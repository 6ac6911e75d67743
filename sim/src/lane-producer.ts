import type { LaneProducer, SendReceipt } from '../../packages/kafka/src/lane-producer.ts';
import type { LaneBatch } from '../../packages/kafka/src/lane-queue.ts';
import type { Broker } from './broker.ts';
import type { Faults } from './faults.ts';
import type { Process } from './scheduler.ts';

type Answer = (receipts: readonly SendReceipt[]) => void;

/**
 * What a lane sends through, with the habits of an idempotent client library: numbers its batches per partition and moves the number on
 * only when a batch is answered, repeats a request whose answer was lost, and at times forgets to mention a batch.
 */
export class SimulatedProducer implements LaneProducer {
  readonly #broker: Broker;
  readonly #faults: Faults;
  readonly #owner: Process;
  readonly #id: number;
  readonly #sequences = new Map<string, number>();

  constructor(broker: Broker, faults: Faults, owner: Process) {
    this.#broker = broker;
    this.#faults = faults;
    this.#owner = owner;
    this.#id = broker.newProducer();
  }

  async connect(): Promise<void> {}

  async disconnect(): Promise<void> {}

  async send(batches: readonly LaneBatch[], answered: Answer): Promise<void> {
    await Promise.all(batches.map((batch) => this.#sendOne(batch, answered)));
  }

  #sendOne(batch: LaneBatch, answered: Answer): Promise<void> {
    const { target, records } = batch;
    const key = `${target.topic}/${target.partition}`;
    const sequence = this.#sequences.get(key) ?? 0;
    const request = { producerId: this.#id, sequence, target, records };
    return new Promise((resolve) => {
      const attempt = (fate: ReturnType<Faults['ofAppend']>) => {
        if (fate === 'unsent, not mentioned') {
          this.#broker.scheduler.post(this.#owner, `${key} not mentioned`, resolve);
          return;
        }
        if (fate === 'lost on the way') {
          this.#faults.count('lostRequests');
          return;
        }
        this.#broker.travel(`append to ${key}`, () => {
          if (!this.#owner.isAlive) this.#faults.count('lateAppends');
          const baseOffset = this.#broker.land(request);
          if (fate === 'answer lost') {
            this.#faults.count('lostAnswers');
            return;
          }
          if (fate === 'answer lost, repeated') {
            this.#faults.count('lostAnswers');
            attempt('answered');
            return;
          }
          this.#broker.scheduler.post(this.#owner, `${key} acknowledged at ${baseOffset}`, () => {
            this.#sequences.set(key, sequence + records.length);
            const { topic, partition } = target;
            answered([
              { topicName: topic, partition, errorCode: 0, baseOffset: String(baseOffset) },
            ]);
            resolve();
          });
        });
      };
      attempt(this.#faults.ofAppend());
    });
  }
}
