import { AppError, type ErrorCode } from '@trending/runtime/errors';
import { topicMissing } from './topic-errors.ts';

/** What kafkajs errors carry besides the message. */
interface KafkaJsFailure {
  readonly name?: string;
  readonly type?: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
  readonly originalError?: unknown;
}

const missingTopic = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION']);
const fenced = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
  'REBALANCE_IN_PROGRESS',
]);
const leaderless = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
]);
const brokerGone = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSBrokerNotFound',
]);
const depthMax = 8;

export interface FailedCall {
  /** What was tried, for the message: `append to token.views.v1/3`. */
  readonly what: string;
  readonly topic: string;
  readonly code: ErrorCode;
}

/** A kafkajs failure as one of our coded errors; coded errors pass through. */
export function appErrorOf(error: unknown, call: FailedCall): AppError {
  if (error instanceof AppError) return error;
  const chain = causesOf(error);
  if (chain.some(({ type }) => missingTopic.has(type ?? '')))
    return topicMissing(call.topic, error);
  const root = chain.at(-1);
  const refused = root?.name === 'KafkaJSProtocolError' && root.retriable === false;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError({
    code: call.code,
    message: `${call.what} failed: ${message}`,
    retriable: !refused,
    cause: error,
  });
}

/** Did the coordinator refuse us because the group moved on? */
export function isFenced(error: unknown): boolean {
  return causesOf(error).some(({ type }) => fenced.has(type ?? ''));
}

/** Did we ask while a partition's leader was moving? It is over within a second or two. */
export function isLeaderMove(error: unknown): boolean {
  return causesOf(error).some(({ type }) => leaderless.has(type ?? ''));
}

/** Did a broker not answer that the metadata still names? The controller needs some seconds to notice, then others lead. */
export function isBrokerGone(error: unknown): boolean {
  return causesOf(error).some(({ name }) => brokerGone.has(name ?? ''));
}

/** What kafkajs could not mend in a consumer; errors of the application's handlers stay what they are. */
export function consumerCrash(error: Error, groupId: string): Error {
  if (!error.name.startsWith('KafkaJS')) return error;
  return new AppError({
    code: 'CONSUMER_CRASHED',
    message: `The consumer of group ${groupId} gave up: ${error.message}. The process must restart.`,
    cause: error,
  });
}

/** The error and what lies under it, outermost first; kafkajs nests in `cause` and `originalError`. */
function causesOf(error: unknown): KafkaJsFailure[] {
  const chain: KafkaJsFailure[] = [];
  let next: unknown = error;
  while (typeof next === 'object' && next !== null && chain.length < depthMax) {
    const failure: KafkaJsFailure = next;
    chain.push(failure);
    next = failure.cause ?? failure.originalError;
  }
  return chain;
}
