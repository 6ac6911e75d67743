import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@trending/kafka';
import type { CheckConfig } from '../shared/config.ts';
import { balanceOf, type PartitionBalance } from './balance.ts';
import { gatherFacts } from './facts.ts';

export interface Verdict {
  readonly balances: readonly PartitionBalance[];
  readonly verdict: 'balanced' | 'broken' | 'moving';
}

const everyMs = 1_000;

/**
 * Waits until every law holds, at most `waitMs`: what is still broken then, while the log stood, is broken. A log that never stands is
 * judged by the laws that no moment excuses: residuals, and rows that are there twice.
 */
export async function checkConservation(
  log: Log,
  config: CheckConfig,
  waitMs: number,
): Promise<Verdict> {
  const deadline = performance.now() + waitMs;
  let before = '';
  for (;;) {
    const balances = (await gatherFacts(log, config)).map(balanceOf);
    if (balances.every(({ broken }) => broken.length === 0))
      return { balances, verdict: 'balanced' };
    const ends = balances.map(({ logEnd }) => logEnd).join();
    if (performance.now() >= deadline) {
      const isExcused = balances.every(
        ({ fates, alwaysBroken }) => fates !== undefined && alwaysBroken.length === 0,
      );
      return { balances, verdict: ends !== before && isExcused ? 'moving' : 'broken' };
    }
    before = ends;
    await sleep(everyMs);
  }
}
