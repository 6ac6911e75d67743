import { setTimeout as delay } from 'node:timers/promises';
import type { FaultBench } from '../fault-bench.ts';
import { boardFreshAfter } from '../oracle/freshness.ts';
import type { Verdict } from '../oracle/oracle.ts';
import { type FaultName, faults } from './faults.ts';
import type { LinkName } from './links.ts';
import type { NetworkFaultOptions } from './options.ts';
import type { ResponseDropper } from './response-dropper.ts';
import type { Toxiproxy } from './toxiproxy.ts';

export interface NetworkRow {
  readonly fault: FaultName | 'dropped produce answers';
  readonly link: LinkName;
  readonly seconds: number;
  /** Events acknowledged while it lasted, and until boards were fresh again. */
  readonly acknowledged: number;
  /** Publish requests that brought no or no full confirmation. */
  readonly unconfirmed: number;
  /** Produce answers lost one by one. */
  readonly drops: number;
  /** From the end of the fault to a fresh board, ms; null: not within the limit. */
  readonly recoveryMs: number | null;
  readonly verdict: Verdict;
}

export interface NetworkParts extends FaultBench {
  readonly proxy: Toxiproxy;
  readonly dropper: ResponseDropper;
  readonly row: (row: NetworkRow) => void;
}

const recoveryLimitMs = 180_000;
const dropsLimitMs = 15 * 60_000;
const dropShare = 0.5;
const lookEveryMs = 200;

/** Every fault on every link, then lost produce answers one by one. @returns false as soon as a verdict fails or boards do not come back. */
export async function runNetworkFaults(
  options: NetworkFaultOptions,
  parts: NetworkParts,
): Promise<boolean> {
  for (const link of options.links) {
    for (const fault of options.faults) {
      const disturbance = async () => {
        const mend = await parts.proxy.disturb(link, faults[fault]);
        await delay(options.seconds * 1_000);
        await mend();
      };
      if (!(await measured({ fault, link }, disturbance, parts))) return false;
    }
  }
  const name = { fault: 'dropped produce answers', link: 'kafka' } as const;
  const { dropper } = parts;
  const enough = dropper.dropped + options.drops;
  const isGood = await measured(name, () => dropAnswers(enough, dropper), parts);
  // Fewer than were asked for prove less than was promised.
  return isGood && dropper.dropped >= enough;
}

async function dropAnswers(enough: number, dropper: ResponseDropper): Promise<void> {
  const deadline = Date.now() + dropsLimitMs;
  dropper.share = dropShare;
  while (dropper.dropped < enough && Date.now() < deadline) await delay(lookEveryMs);
  dropper.share = 0;
}

async function measured(
  name: Pick<NetworkRow, 'fault' | 'link'>,
  disturbance: () => Promise<void>,
  parts: NetworkParts,
): Promise<boolean> {
  const { publisher, ledger, oracle, stack, tokens, dropper, row } = parts;
  const before = {
    acknowledged: ledger.acknowledgedCount,
    unconfirmed: unconfirmed(parts),
    drops: dropper.dropped,
  };
  publisher.start();
  const startedAt = Date.now();
  await disturbance();
  const endedAt = Date.now();
  const fresh = { before: ledger.attempted(), tokens };
  const recoveryMs = (await boardFreshAfter(stack.gatewayUrls, fresh, recoveryLimitMs)) ?? null;
  await stack.allReady(recoveryLimitMs);
  await publisher.pause();
  const verdict = await oracle.judge();
  row({
    ...name,
    seconds: Math.round((endedAt - startedAt) / 1_000),
    acknowledged: ledger.acknowledgedCount - before.acknowledged,
    unconfirmed: unconfirmed(parts) - before.unconfirmed,
    drops: dropper.dropped - before.drops,
    recoveryMs,
    verdict,
  });
  return verdict.passed && recoveryMs !== null;
}

function unconfirmed({ publisher }: NetworkParts): number {
  return Object.values(publisher.figures.problems).reduce((sum, count) => sum + count, 0);
}
