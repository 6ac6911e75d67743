/** How long a member may be silent; also bounds the hand-over. */
export const sessionTimeoutMs = 10_000;

export const consumerSettings = {
  sessionTimeout: sessionTimeoutMs,
  rebalanceTimeout: 20_000,
  heartbeatInterval: 1_000,
  maxWaitTimeInMs: 100,
  minBytes: 1,
  maxBytesPerPartition: 512 * 1024,
  allowAutoTopicCreation: false,
  // An open transaction of a foreign publisher must not hold a partition back; the reader reads the same way.
  readUncommitted: true,
  retry: {
    initialRetryTime: 100,
    maxRetryTime: 1_000,
    retries: 8,
    // Crash only: the process ends and a supervisor starts it again.
    restartOnFailure: () => Promise.resolve(false),
  },
};
