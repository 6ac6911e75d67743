import { join } from 'node:path';
import { createLogger } from '@trending/runtime';
import { seededRandom } from '@trending/runtime/random';
import { EventLedger } from './oracle/event-ledger.ts';
import { historyHolds } from './oracle/freshness.ts';
import { Oracle } from './oracle/oracle.ts';
import { appendIdleTokens, idleTokenKeys } from './publisher/idle-tokens.ts';
import { Publisher } from './publisher/publisher.ts';
import { tokensOnEveryPartition } from './publisher/tokens.ts';
import { type FaultStack, startFaultStack } from './stack/fault-stack.ts';

const tokensPerPartition = 2;
const idleLimitMs = 600_000;

export interface BenchSettings {
  /** Folder of results, events and data. */
  readonly out: string;
  readonly seed: number;
  /** 20 hex digits that mark the events of this run. */
  readonly prefix: string;
  readonly portOffset: number;
  readonly viewsPerSecond: number;
  /** Tokens with one view each of the last hours, beside those that are published (default 0). */
  readonly idleTokens?: number;
  /** More flags of the stack, and environment of its services. */
  readonly stackFlags: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A stack with load on it, and who judges it. */
export interface FaultBench {
  readonly stack: FaultStack;
  readonly ledger: EventLedger;
  readonly publisher: Publisher;
  readonly oracle: Oracle;
  /** Keys of the published tokens. */
  readonly tokens: readonly string[];
  /** Rejects when the API refuses what it should take. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** Starts a stack whose data stay in `out`. @throws Error when it does not get ready. */
export async function openBench(settings: BenchSettings): Promise<FaultBench> {
  const { out, seed, prefix, portOffset, viewsPerSecond } = settings;
  const published = tokensOnEveryPartition(tokensPerPartition, seededRandom(seed + 1));
  const tokens = published.map(({ key }) => key);
  const idle = idleTokenKeys(settings.idleTokens ?? 0, seededRandom(seed + 3));
  const all = [...tokens, ...idle];
  const ledger = new EventLedger({ prefix, tokens: all.length, folder: out });
  const stack = await startFaultStack({
    portOffset,
    flags: [...settings.stackFlags, `--data-dir=${join(out, 'data')}`],
    logPath: join(out, 'stack.log'),
    ...(settings.env === undefined ? {} : { env: settings.env }),
  });
  const logger = createLogger({ service: 'faults', level: 'fatal' });
  // A run that goes on finds them in its log.
  if (idle.length > 0 && ledger.size === 0) {
    await appendIdleTokens({ ...stack, ledger, keys: idle, first: tokens.length, logger });
    // Who is still busy with them would be measured with the first faults.
    await historyHolds(stack.clickhouseUrl, idle.length, idleLimitMs);
  }
  const oracle = new Oracle({ ...stack, tokens: all, logger }, ledger);
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  const publisher = new Publisher({
    api: stack.producerUrl,
    key: stack.apiKey,
    tokens: published,
    ledger,
    viewsPerSecond,
    random: seededRandom(seed + 2 + ledger.size),
    failed: failure.reject,
  });
  const close = async () => {
    await oracle.close();
    await stack.stop();
  };
  return { stack, ledger, publisher, oracle, tokens, failed: failure.promise, close };
}
