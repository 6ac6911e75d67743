import type { ExplainAnswer } from '@trending/schemas/http/tokens';

/** What a gateway tells of a place. */
export function explanation(changes: Partial<ExplainAnswer> = {}): ExplainAnswer {
  const at = '2026-05-20T14:03:00.000Z';
  return {
    token: 'eth:0x1',
    board: {
      formula: { id: 'trending', version: 7, hash: 'h' },
      ...{ window: '1h', scope: 'all', epoch: 1, seq: 1 },
      ...{ asOf: at, scoredAt: at, receivedAt: null },
    },
    ...{ rank: 3, score: 4.7, scoreMicro: 4_700_000, sigma: 5.3, phi: 0.15 },
    ...{ observed: 412, expected: 96.4, rawViews: 1_033, visitors: 530 },
    ...{ effectiveVisitors: 412, integrity: 0.88, lost: 118 },
    inputs: { siteVisitors: 18_240.5, share: 0.0051, cohort: 'eth/old', hourIndex: 1.04 },
    contributions: [{ name: 'surprise', points: 4.7, micro: 4_700_000, says: '' }],
    sentence: 'It is number 3.',
    ...changes,
  };
}
