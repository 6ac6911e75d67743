import type { LaneBatch } from '../../src/lane-queue.ts';
import type { LaneProducer, SendReceipt } from '../../src/producer-lane.ts';

/** How the fake broker treats one send. */
export type SendFate =
  | 'ok'
  | 'silent'
  | 'late'
  | 'wrong-partition'
  | 'no-receipt'
  | 'lost-answer'
  | 'refuse';

export interface FakeBroker {
  /** Keys in the log, by partition key. */
  readonly log: Map<string, string[]>;
  readonly sends: LaneBatch[];
  producersMade: number;
  producersClosed: number;
  inFlightMax: number;
  /** Lets the sends that were held go on. */
  release(): void;
  createProducer(): LaneProducer;
}

/** A kafkajs-like producer whose broker fails as told; `fate` is asked once a send. */
export function createFakeBroker(
  fate: (send: number) => SendFate = () => 'ok',
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
        async send(batch) {
          inFlight += 1;
          broker.inFlightMax = Math.max(broker.inFlightMax, inFlight);
          try {
            return await answer(batch);
          } finally {
            inFlight -= 1;
          }
        },
      };
    },
  };

  async function answer(batch: LaneBatch): Promise<SendReceipt[]> {
    const what = fate(broker.sends.length);
    broker.sends.push(batch);
    await settle();
    if (what === 'silent') return new Promise(() => undefined);
    if (what === 'late') await new Promise<void>((go) => held.push(go));
    if (what === 'refuse') throw new Error('refused');
    const receipt = write(batch);
    if (what === 'lost-answer') throw new Error('connection closed');
    if (what === 'no-receipt') return [];
    if (what === 'wrong-partition') return [{ ...receipt, partition: receipt.partition + 1 }];
    return [receipt];
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
