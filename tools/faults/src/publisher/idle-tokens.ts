import {
  createKafkaLog,
  createRegistry,
  type Log,
  type ProducedRecord,
  partitionOf,
  topicName,
} from '@trending/kafka';
import type { Logger } from '@trending/runtime';
import type { Random } from '@trending/runtime/random';
import { defaultViewPartitions, type TokenView, topics } from '@trending/schemas';
import type { EventLedger } from '../oracle/event-ledger.ts';
import { below } from '../random.ts';

export interface IdleTokens {
  readonly kafka: string;
  readonly registryUrl: string;
  readonly ledger: EventLedger;
  /** Canonical keys, and the number of the first in the ledger. */
  readonly keys: readonly string[];
  readonly first: number;
  readonly logger: Logger;
}

/** Well within the longest window, so that what lasts hours still has them all. */
const spanMs = 18 * 3_600_000;
const batchRecords = 2_000;

export function idleTokenKeys(count: number, random: Random): string[] {
  const word = () =>
    below(random, 2 ** 20)
      .toString(16)
      .padStart(5, '0');
  return Array.from({ length: count }, () => {
    const digits = Array.from({ length: 8 }, word).join('');
    return `eth:0x${digits}`;
  });
}

/**
 * One view for each of many tokens, straight into the log, spread over the last hours: what a service that has run for a day holds in memory while
 * others are on everybody's lips. They are events of the ledger like any other.
 */
export async function appendIdleTokens(idle: IdleTokens): Promise<void> {
  const { kafka, registryUrl, keys, first, ledger, logger } = idle;
  const log = createKafkaLog({ brokers: kafka.split(','), clientId: 'faults-idle', logger });
  try {
    const registry = createRegistry({ url: registryUrl, logger });
    const serde = await registry.serde<TokenView>(topics.views, '');
    const startedAt = Date.now() - spanMs;
    const numbers = ledger.add(
      keys.map((_, index) => ({
        token: first + index,
        viewedAt: startedAt + Math.floor((index * spanMs) / keys.length),
      })),
    );
    const queues = Array.from({ length: defaultViewPartitions }, () => [] as Queued[]);
    for (const [index, token] of keys.entries()) {
      const number = numbers[index] ?? 0;
      const partition = partitionOf(token, defaultViewPartitions);
      const queue = queues[partition] ?? [];
      queue.push({ number, record: recordOf(token, number, { ledger, serde }) });
      if (queue.length >= batchRecords) await append(log, partition, { queue, ledger });
    }
    for (const [partition, queue] of queues.entries())
      await append(log, partition, { queue, ledger });
  } finally {
    await log.close();
  }
}

interface Queued {
  readonly number: number;
  readonly record: ProducedRecord;
}

async function append(
  log: Log,
  partition: number,
  { queue, ledger }: { readonly queue: Queued[]; readonly ledger: EventLedger },
): Promise<void> {
  const batch = queue.splice(0);
  if (batch.length === 0) return;
  const target = { topic: topicName(topics.views, ''), partition };
  await log.append(
    target,
    batch.map(({ record }) => record),
  );
  ledger.acknowledge(batch.map(({ number }) => number));
}

function recordOf(
  token: string,
  number: number,
  {
    ledger,
    serde,
  }: Pick<IdleTokens, 'ledger'> & { serde: { encode(view: TokenView): Uint8Array } },
): ProducedRecord {
  const at = ledger.event(number)?.viewedAt ?? 0;
  const eventId = Buffer.from(ledger.eventId(number).replaceAll('-', ''), 'hex');
  const viewer = eventId.subarray(8);
  const view: TokenView = {
    ...{ eventId, chain: 'eth', token, viewer, network: viewer, viewedAt: at, receivedAt: at },
    ...{ source: 'backend', partnerId: null, country: null, device: null, dwellMs: null },
    ...{ weightMicro: 1_000_000, flags: 0 },
  };
  return { key: token, value: serde.encode(view), timestamp: at };
}
