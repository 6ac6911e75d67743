import type { LaneBatch } from './lane-queue.ts';

/** What the broker said of one partition of a send, or the failure that stands for it. */
export interface SendReceipt {
  readonly topicName: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset?: string | undefined;
  readonly error?: unknown;
}

/** What a lane needs of a producer; one send at a time. */
export interface LaneProducer {
  connect(): Promise<void>;
  /**
   * Sends the batches, each of another partition. `answered` hears every final receipt as soon as it is there: one partition may
   * fail or wait while others are acknowledged. Settles when no further
   * receipt will come, at the latest with the last one.
   */
  send(
    batches: readonly LaneBatch[],
    answered: (receipts: readonly SendReceipt[]) => void,
  ): Promise<void>;
  disconnect(): Promise<void>;
}
