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
  readonly progress: (line: string) => void;
}

const recoveryLimitMs = 180_000;
const dropsLimitMs = 15 * 60_000;
const dropShare = 0.5;
const lookEveryMs = 200;
const looksPerLine = 50;
/** Views may take so many times what they would at the rate that was asked for. */
const slowest = 3;

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
  const { dropper, ledger } = parts;
  const drops = dropper.dropped + options.drops;
  const views = ledger.acknowledgedCount + options.views;
  const isGood = await measured(name, () => dropAnswers(options, parts), parts);
  // Fewer than were asked for prove less than was promised.
  return isGood && dropper.dropped >= drops && ledger.acknowledgedCount >= views;
}

/** Loses answers until there are enough of them and of views; never is their share among the lost ahead of the views' among the acknowledged. */
async function dropAnswers(
  { drops, views, viewsPerSecond }: NetworkFaultOptions,
  { dropper, ledger, progress }: NetworkParts,
): Promise<void> {
  const before = { dropped: dropper.dropped, acknowledged: ledger.acknowledgedCount };
  const deadline = Date.now() + dropsLimitMs + (slowest * views * 1_000) / viewsPerSecond;
  for (let looks = 0; Date.now() < deadline; looks += 1) {
    const dropped = dropper.dropped - before.dropped;
    const acknowledged = ledger.acknowledgedCount - before.acknowledged;
    if (dropped >= drops && acknowledged >= views) break;
    dropper.share = dropped < (drops * acknowledged) / views ? dropShare : 0;
    if (looks % looksPerLine === 0)
      progress(`${dropped} produce answers lost, ${acknowledged} views acknowledged`);
    await delay(lookEveryMs);
  }
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
