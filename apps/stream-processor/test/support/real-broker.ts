import { randomUUID } from 'node:crypto';
import {
  applySchemas,
  createKafkaLog,
  createRegistry,
  type Log,
  type Registry,
  topicSpecs,
} from '@trending/kafka';
import { createLogger } from '@trending/runtime';
import { inject } from 'vitest';

export const quietLogger = createLogger({ service: 'test', level: 'silent' });

/** Topics and subjects of this run alone, on the stack's broker and registry. */
export interface BrokerWorld {
  readonly prefix: string;
  readonly partitions: number;
  readonly registry: Registry;
  readonly log: Log;
  /** A client of its own, as another process has it. */
  connect(name: string): Log;
  close(): Promise<void>;
}

export async function brokerWorld(partitions: number): Promise<BrokerWorld> {
  const { kafka, registryUrl } = inject('stack');
  const prefix = `it-${randomUUID().slice(0, 8)}.`;
  const opened: Log[] = [];
  const connect = (name: string): Log => {
    const log = createKafkaLog({ brokers: kafka.split(','), clientId: name, logger: quietLogger });
    opened.push(log);
    return log;
  };
  const log = connect('test');
  await log.ensureTopics(topicSpecs({ prefix, viewPartitions: partitions }));
  await applySchemas({ url: registryUrl, logger: quietLogger, prefix });
  return {
    prefix,
    partitions,
    log,
    connect,
    registry: createRegistry({ url: registryUrl, logger: quietLogger }),
    async close() {
      await Promise.all(opened.map((one) => one.close()));
    },
  };
}
