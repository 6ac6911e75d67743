import { type DeadLetterInfo, deadLetterInfo, type Log } from '@trending/kafka';

export interface DeadLetterScan {
  readonly log: Log;
  /** The dead-letter topic. */
  readonly topic: string;
  /** First offset of each partition; absent: its start. */
  readonly from?: ReadonlyMap<number, number>;
}

/** Every dead letter up to the present end, in order of partition; one that was appended twice comes twice. */
export async function* deadLetters({
  log,
  topic,
  from,
}: DeadLetterScan): AsyncGenerator<DeadLetterInfo> {
  const starts = from ?? (await log.startOffsets(topic));
  for (const [partition, to] of await log.endOffsets(topic)) {
    const range = { from: Math.min(starts.get(partition) ?? 0, to), to };
    for await (const { records } of log.read({ topic, partition }, range)) {
      for (const record of records) {
        const info = deadLetterInfo(record);
        if (info !== undefined) yield info;
      }
    }
  }
}
