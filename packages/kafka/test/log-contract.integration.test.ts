import { logContract } from './contracts/log-contract.ts';
import { deleteTopics, freshPrefix, openLog, truncateBefore } from './support/broker.ts';

logContract('a real broker', async () => {
  const prefix = freshPrefix();
  const log = openLog('contract');
  let others = 0;
  return {
    log,
    prefix,
    another() {
      others += 1;
      return openLog(`contract-${others}`);
    },
    truncateBefore,
    async close() {
      await log.close();
      await deleteTopics(prefix);
    },
  };
});
