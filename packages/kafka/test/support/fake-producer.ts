import type { LaneProducer, SendReceipt } from '../../src/lane-producer.ts';
import type { LaneBatch } from '../../src/lane-queue.ts';

/** How the fake broker treats one partition of a send. */
export type SendFate =
  | 'ok'
  | 'silent'
  | 'late'
  | 'wrong-partition'
  | 'twice'
  | 'no-receipt'
  | 'lost-answer'
  | 'refuse';

export interface FakeBroker {
  /** Keys in the log, by partition key. */
  readonly log: Map<string, string[]>;
  readonly sends: (readonly LaneBatch[])[];
  producersMade: number;
  producersClosed: number;
  inFlightMax: number;
  /** Lets the sends that were held go on. */
  release(): void;
  createProducer(): LaneProducer;
}

/** A producer whose broker fails as told; `fate` is asked once for every partition of a send. */
export function createFakeBroker(
  fate: (send: number, partition: number) => SendFate = () => 'ok',
  settle: () => Promise<void> = () => Promise.resolve(),
): FakeBroker {
  let held: (() => void)[] = [];
  const broker: FakeBroker = {
    log: new Map(),
    sends: [],
    producersMade: 0,
    producersClosed: 0,
    inFlightMax: 0,
    release() {
      for (const go of held) go();
      held = [];
    },
    createProducer() {
      broker.producersMade += 1;
      let inFlight = 0;
      return {
        connect: () => Promise.resolve(),
        async disconnect() {
          broker.producersClosed += 1;
        },
        async send(batches, answered) {
          inFlight += 1;
          broker.inFlightMax = Math.max(broker.inFlightMax, inFlight);
          try {
            await answer(batches, answered);
          } finally {
            inFlight -= 1;
          }
        },
      };
    },
  };

  async function answer(
    batches: readonly LaneBatch[],
    answered: (receipts: readonly SendReceipt[]) => void,
  ): Promise<void> {
    const send = broker.sends.push(batches) - 1;
    const fates = batches.map((batch) => ({ batch, what: fate(send, batch.target.partition) }));
    await settle();
    answered(fates.flatMap(({ batch, what }) => receiptsOf(batch, what)));
    for (const { batch, what } of fates) {
      if (what !== 'late') continue;
      await new Promise<void>((go) => held.push(go));
      answered([write(batch)]);
    }
    if (fates.some(({ what }) => what === 'silent')) await new Promise(() => undefined);
    if (fates.some(({ what }) => what === 'lost-answer')) throw new Error('connection closed');
  }

  /** What the broker's own answer says of one batch. */
  function receiptsOf(batch: LaneBatch, what: SendFate): SendReceipt[] {
    if (what === 'silent' || what === 'late') return [];
    const { topic: topicName, partition } = batch.target;
    if (what === 'refuse')
      return [{ topicName, partition, errorCode: 7, error: new Error('refused') }];
    const receipt = write(batch);
    if (what === 'lost-answer' || what === 'no-receipt') return [];
    if (what === 'wrong-partition') return [{ ...receipt, partition: receipt.partition + 100 }];
    return what === 'twice' ? [receipt, receipt] : [receipt];
  }

  function write({ target, records }: LaneBatch): SendReceipt {
    const key = `${target.topic}/${target.partition}`;
    const log = broker.log.get(key) ?? [];
    broker.log.set(key, log);
    const baseOffset = String(log.length);
    for (const record of records) log.push(String(record.key));
    return { topicName: target.topic, partition: target.partition, errorCode: 0, baseOffset };
  }

  return broker;
}
