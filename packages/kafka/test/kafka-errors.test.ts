import { expect, test } from 'vitest';
import { isLeaderMove } from '../src/kafka-errors.ts';

test('a leader on the move is found below what kafkajs wraps around it; other failures are none', () => {
  const moving = { name: 'KafkaJSProtocolError', type: 'LEADER_NOT_AVAILABLE', retriable: true };
  expect(isLeaderMove(moving)).toBe(true);
  expect(isLeaderMove(new Error('given up', { cause: { originalError: moving } }))).toBe(true);
  expect(isLeaderMove({ type: 'REQUEST_TIMED_OUT', cause: new Error('closed') })).toBe(false);
});
