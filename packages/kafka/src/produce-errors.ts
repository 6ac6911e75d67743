import kafkajs from 'kafkajs';

interface ProduceError {
  readonly type: string;
  /** Sending the same batch again may succeed: a passing state of the partition. */
  readonly resend?: true;
  /** Broken by our own numbering, not by the records: a new producer can write them. */
  readonly renew?: true;
}

/** Error codes of produce answers (https://kafka.apache.org/protocol#protocol_error_codes). */
const produceErrors: Readonly<Record<number, ProduceError>> = {
  2: { type: 'CORRUPT_MESSAGE', resend: true },
  3: { type: 'UNKNOWN_TOPIC_OR_PARTITION', resend: true },
  5: { type: 'LEADER_NOT_AVAILABLE', resend: true },
  6: { type: 'NOT_LEADER_FOR_PARTITION', resend: true },
  7: { type: 'REQUEST_TIMED_OUT', resend: true },
  9: { type: 'REPLICA_NOT_AVAILABLE', resend: true },
  10: { type: 'MESSAGE_TOO_LARGE' },
  13: { type: 'NETWORK_EXCEPTION', resend: true },
  17: { type: 'INVALID_TOPIC_EXCEPTION' },
  18: { type: 'RECORD_LIST_TOO_LARGE' },
  19: { type: 'NOT_ENOUGH_REPLICAS', resend: true },
  20: { type: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', resend: true },
  29: { type: 'TOPIC_AUTHORIZATION_FAILED' },
  31: { type: 'CLUSTER_AUTHORIZATION_FAILED' },
  32: { type: 'INVALID_TIMESTAMP' },
  44: { type: 'POLICY_VIOLATION' },
  45: { type: 'OUT_OF_ORDER_SEQUENCE_NUMBER', renew: true },
  46: { type: 'DUPLICATE_SEQUENCE_NUMBER', renew: true },
  47: { type: 'INVALID_PRODUCER_EPOCH', renew: true },
  56: { type: 'KAFKA_STORAGE_ERROR', resend: true },
  59: { type: 'UNKNOWN_PRODUCER_ID', renew: true },
  74: { type: 'FENCED_LEADER_EPOCH', resend: true },
  75: { type: 'UNKNOWN_LEADER_EPOCH', resend: true },
  87: { type: 'INVALID_RECORD' },
};

/** A partition's error code as an error of kafkajs' own kind, and whether to send the batch again. */
export function produceError(code: number): { readonly error: Error; readonly isPassing: boolean } {
  const { type, resend, renew } = produceErrors[code] ?? { type: `error code ${code}` };
  const isPassing = resend === true;
  const message = `The broker refused the records: ${type}`;
  const retriable = isPassing || renew === true;
  const detail = Object.assign(new Error(message), { type, code, retriable });
  return { error: new kafkajs.KafkaJSProtocolError(detail), isPassing };
}

/** A failure before or instead of a partition's answer: does kafkajs call it passing? */
export function isPassingFailure(error: unknown): boolean {
  return error instanceof Error && 'retriable' in error && error.retriable === true;
}
