import { createInMemoryLog } from '@trending/kafka/testing';
import { logContract } from './contracts/log-contract.ts';

logContract('arrays in memory', async () => {
  const log = createInMemoryLog();
  return {
    log,
    prefix: '',
    another: () => log.another(),
    truncateBefore: async (target, offset) => log.truncateBefore(target, offset),
    close: () => log.close(),
  };
});
