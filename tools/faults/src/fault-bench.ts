import { join } from 'node:path';
import { createLogger } from '@trending/runtime';
import { seededRandom } from '@trending/runtime/random';
import { EventLedger } from './oracle/event-ledger.ts';
import { Oracle } from './oracle/oracle.ts';
import { Publisher } from './publisher/publisher.ts';
import { tokensOnEveryPartition } from './publisher/tokens.ts';
import { type FaultStack, startFaultStack } from './stack/fault-stack.ts';

const tokensPerPartition = 2;

export interface BenchSettings {
  /** Folder of results, events and data. */
  readonly out: string;
  readonly seed: number;
  /** 20 hex digits that mark the events of this run. */
  readonly prefix: string;
  readonly portOffset: number;
  readonly viewsPerSecond: number;
  /** More flags of the stack. */
  readonly stackFlags: readonly string[];
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
  const ledger = new EventLedger({ prefix, tokens: tokens.length, folder: out });
  const stack = await startFaultStack({
    portOffset,
    flags: [...settings.stackFlags, `--data-dir=${join(out, 'data')}`],
    logPath: join(out, 'stack.log'),
  });
  const logger = createLogger({ service: 'faults', level: 'fatal' });
  const oracle = new Oracle({ ...stack, tokens, logger }, ledger);
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
