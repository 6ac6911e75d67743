/** The gateway speaks at least every 10 s; all in ms. */
export const timing = {
  staleAfter: 15_000,
  reconnectAfter: 25_000,
  resyncDeadline: 5_000,
  boardStale: 300_000,
  hiddenGrace: 5_000,
  retryFirst: 500,
  retryMax: 15_000,
  farewellSpread: 5_000,
  upgradeAfter: 300_000,
} as const;
