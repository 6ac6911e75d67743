import { expect, test } from 'vitest';
import { createRunningQueries } from '../../src/clickhouse-lite/running-queries.ts';

test('two queries of one id never run beside each other, one after the other they do', () => {
  const running = createRunningQueries();
  const leave = running.enter('range-1');
  expect(() => running.enter('range-1')).toThrow(/range-1 is already running/);
  running.enter('range-2');
  leave();
  expect(() => running.enter('range-1')).not.toThrow();
});
