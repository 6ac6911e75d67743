import { expect, test } from 'vitest';
import { consumerCrash, isBrokerGone, isLeaderMove } from '../src/kafka-errors.ts';

test('a leader on the move is found below what kafkajs wraps around it; other failures are none', () => {
  const moving = { name: 'KafkaJSProtocolError', type: 'LEADER_NOT_AVAILABLE', retriable: true };
  expect(isLeaderMove(moving)).toBe(true);
  expect(isLeaderMove(new Error('given up', { cause: { originalError: moving } }))).toBe(true);
  expect(isLeaderMove({ type: 'REQUEST_TIMED_OUT', cause: new Error('closed') })).toBe(false);
});

test('a broker that is gone is told from one that refuses', () => {
  const refused = { name: 'KafkaJSConnectionError', message: 'connect ECONNREFUSED' };
  expect(isBrokerGone(new Error('given up', { cause: { originalError: refused } }))).toBe(true);
  expect(isBrokerGone({ name: 'KafkaJSProtocolError', type: 'NOT_CONTROLLER' })).toBe(false);
});

test('what kafkajs cannot mend ends the consumer with a code; an error of a handler stays what it is', () => {
  const own = new Error('mine');
  expect(consumerCrash(own, 'g')).toBe(own);
  const theirs = Object.assign(new Error('retries exceeded'), { name: 'KafkaJSNonRetriableError' });
  expect(consumerCrash(theirs, 'g')).toMatchObject({ code: 'CONSUMER_CRASHED', cause: theirs });
});
