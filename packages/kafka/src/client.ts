import type { Logger } from '@trending/runtime';
import { Kafka, type KafkaConfig, type logCreator, logLevel } from 'kafkajs';
import type { KafkaConnection } from './connection.ts';
import { unpackSmallBatchesHere } from './gzip-codec.ts';
import { readFetchAnswers } from './kafkajs-cluster.ts';
import { calmRequestQueues } from './request-queues.ts';
import { silenceEndingSockets } from './silent-socket.ts';

unpackSmallBatchesHere();
readFetchAnswers();
calmRequestQueues();

export interface KafkaSettings extends KafkaConnection {
  /** `<service>-<host>`: also the name that keeps partitions across a restart. */
  readonly clientId: string;
  readonly logger: Logger;
}

/** Messages that tell of a passing state; kafkajs logs them louder than they are. */
const passing = [
  'Limiting retries for the idempotent producer',
  'The group coordinator is not available',
  'GroupCoordinator',
  'The group is rebalancing',
  'rebalance',
  'There is no leader for this topic-partition',
  'This server does not host this topic-partition',
];

/** Limits of one client; times in ms. */
export interface KafkaLimits {
  readonly requestMs?: number;
  /** Until a connection that answers nothing is given up; what a broker answers at once is waited for 10 s at most. */
  readonly silenceMs?: number;
  /** Once aborted, the connections end at once, whatever they wait for. */
  readonly until?: AbortSignal;
}

/** A member that joins may wait for the others for 20 s without hearing a word; nothing else takes as long. */
const silenceMsDefault = 25_000;

/**
 * One kafkajs instance. Members of one group in one process need an instance each: kafkajs shares the committed offsets of a
 * group between all consumers of an instance.
 */
export function createKafka(settings: KafkaSettings, limits: KafkaLimits = {}): Kafka {
  return new Kafka(kafkaConfigOf(settings, limits));
}

/** The same as kafkajs takes it. */
export function kafkaConfigOf(settings: KafkaSettings, limits: KafkaLimits = {}): KafkaConfig {
  const { ssl, sasl } = settings;
  return {
    brokers: [...settings.brokers],
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    clientId: settings.clientId,
    // The default of 1 s is too short for a cold or busy broker.
    connectionTimeout: 5_000,
    requestTimeout: limits.requestMs ?? 30_000,
    socketFactory: silenceEndingSockets(limits.silenceMs ?? silenceMsDefault, limits.until),
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 5 },
    logLevel: logLevel.INFO,
    logCreator: pinoLogCreator(settings.logger),
  };
}

/** kafkajs logs on our logger: its info is our debug, and passing states are no errors. */
export function pinoLogCreator(logger: Logger): logCreator {
  return () =>
    ({ namespace, level, log }) => {
      const { message, timestamp: _timestamp, logger: _name, ...detail } = log;
      const fields = { kafkajs: namespace, ...detail };
      // A failed connection is told again, with its retries, by the broker pool.
      const isDetail = level >= logLevel.INFO || namespace === 'Connection';
      if (isDetail || isPassing(log)) logger.debug(fields, message);
      else if (level === logLevel.WARN || log['retryTime'] !== undefined)
        logger.warn(fields, message);
      else logger.error(fields, message);
    };
}

function isPassing(log: Readonly<Record<string, unknown>>): boolean {
  const { message, error } = log;
  const text = [message, error].filter((part) => typeof part === 'string').join(' ');
  return passing.some((part) => text.includes(part));
}
