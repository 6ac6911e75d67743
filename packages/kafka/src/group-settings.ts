/** How long a member may be silent; also bounds the hand-over. */
export const sessionTimeoutMs = 10_000;

/** How long the coordinator waits for members to join again. */
const rebalanceTimeoutMs = 20_000;

/** After a hand-over an assignment must follow: what the others may take, and a coordinator that is found anew. */
export const rejoinLimitMs = rebalanceTimeoutMs + 5_000;

/**
 * For members that nobody waits for: the broker answers a few times a second with much instead of at once with whatever there is, which
 * costs it and us a fraction. No longer than heartbeats are apart.
 */
export const unhurriedFetch = { maxWaitTimeInMs: 250, minBytes: 512 * 1024 };

export const consumerSettings = {
  sessionTimeout: sessionTimeoutMs,
  rebalanceTimeout: rebalanceTimeoutMs,
  // A member learns of a rebalance from the answer to its next heartbeat: this is how long a hand-over waits for those that stay.
  heartbeatInterval: 250,
  maxWaitTimeInMs: 100,
  minBytes: 1,
  maxBytesPerPartition: 512 * 1024,
  allowAutoTopicCreation: false,
  // An open transaction of a foreign publisher must not hold a partition back; the reader reads the same way.
  readUncommitted: true,
  retry: {
    initialRetryTime: 100,
    maxRetryTime: 1_000,
    // About 25 s: a broker that was killed leads its partitions until the controller notices (9 s by Kafka's default), and a
    // process that ends over it starts again to meet the same.
    retries: 28,
    // Crash only: the process ends and a supervisor starts it again.
    restartOnFailure: () => Promise.resolve(false),
  },
};
