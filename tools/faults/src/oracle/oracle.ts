import { createKafkaLog, createRegistry, type Log, partitionOf, type Serde } from '@trending/kafka';
import type { Logger } from '@trending/runtime';
import {
  type CandidateSet,
  defaultViewPartitions,
  type TokenView,
  topics,
} from '@trending/schemas';
import { boardDifferences } from './board-check.ts';
import { clickhouseDifferences } from './clickhouse-check.ts';
import { type Difference, differenceOf, lostAndDouble } from './differences.ts';
import type { EventLedger } from './event-ledger.ts';
import { fateDifferences } from './fates-check.ts';
import { LogAudit } from './log-audit.ts';
import { memoryDifferences } from './memory-check.ts';
import type { PaneCounts } from './pane-counts.ts';

export interface OracleSettings {
  readonly kafka: string;
  readonly registryUrl: string;
  readonly gatewayUrls: readonly string[];
  readonly aggregateUrls: readonly string[];
  readonly clickhouseUrl: string;
  readonly tokens: readonly string[];
  readonly logger: Logger;
}

export interface Verdict {
  readonly passed: boolean;
  readonly acknowledged: number;
  readonly attempted: number;
  /** Records in the log, repeated events included. */
  readonly records: number;
  readonly lost: number;
  readonly double: number;
  /** How long the pipeline took to agree once the log was read, ms. */
  readonly tookMs: number;
  readonly differences: readonly Difference[];
}

const agreeWithinMs = 150_000;
const pauseMs = 1_000;
const differencesShown = 40;
const memoryLookBackMs = 30_000;

/**
 * Judges a quiet pipeline: every acknowledged event is in the log, every record of the log has one fate, and memory, boards and ClickHouse
 * hold exactly the events of the log, each once. Asks again until all agree or the time is over.
 */
export class Oracle {
  readonly #settings: OracleSettings;
  readonly #ledger: EventLedger;
  readonly #audit: LogAudit;
  readonly #log: Log;
  readonly #partitions = new Map<string, number>();
  #serdes: Promise<Serdes> | undefined;

  constructor(settings: OracleSettings, ledger: EventLedger) {
    this.#settings = settings;
    this.#ledger = ledger;
    this.#audit = new LogAudit(ledger, settings.tokens);
    const { kafka, logger } = settings;
    this.#log = createKafkaLog({ brokers: kafka.split(','), clientId: 'faults-oracle', logger });
  }

  async judge(): Promise<Verdict> {
    // Millions of records take longer to read than the pipeline may take to agree; whoever is away is asked again below.
    await this.missing().catch(() => undefined);
    const startedAt = Date.now();
    for (;;) {
      const differences = await this.#differences(startedAt).catch(unanswered);
      const tookMs = Date.now() - startedAt;
      if (differences.length === 0 || tookMs > agreeWithinMs)
        return this.#verdict(differences, tookMs);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** Reads the log to its end, and what is acknowledged but not in it. */
  async missing(): Promise<readonly number[]> {
    const serdes = await this.#ready();
    await this.#audit.advance(this.#log, serdes.views);
    return this.#ledger.missing();
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  #verdict(differences: readonly Difference[], tookMs: number): Verdict {
    return {
      passed: differences.length === 0,
      acknowledged: this.#ledger.acknowledgedCount,
      attempted: this.#ledger.size,
      records: this.#audit.records,
      ...lostAndDouble(differences),
      tookMs,
      differences: differences.slice(0, differencesShown),
    };
  }

  async #differences(startedAt: number): Promise<Difference[]> {
    const { tokens, gatewayUrls, aggregateUrls, clickhouseUrl } = this.#settings;
    const missing = await this.missing();
    const { candidates } = await this.#ready();
    const { distinct, foreign } = this.#audit;
    const memory = {
      log: this.#log,
      serde: candidates,
      since: startedAt - memoryLookBackMs,
      partitionOf: this.#partitionOf,
    };
    return [
      ...differenceOf('log: acknowledged events', missing.length, 0),
      ...differenceOf('log: foreign records', 0, foreign),
      ...(await fateDifferences(aggregateUrls, this.#log)),
      ...(await memoryDifferences(memory, tokens, distinct)),
      ...(await boardsOfAll(gatewayUrls, tokens, distinct)),
      ...(await clickhouseDifferences(clickhouseUrl, tokens, this.#audit)),
    ];
  }

  /** Asked for every token and set; hashing a million names that often takes minutes. */
  readonly #partitionOf = (token: string): number => {
    const known = this.#partitions.get(token);
    if (known !== undefined) return known;
    const partition = partitionOf(token, defaultViewPartitions);
    this.#partitions.set(token, partition);
    return partition;
  };

  #ready(): Promise<Serdes> {
    const { registryUrl: url, logger } = this.#settings;
    this.#serdes ??= openSerdes(url, logger).catch((error: unknown) => {
      this.#serdes = undefined;
      throw error;
    });
    return this.#serdes;
  }
}

type AuditedView = Pick<TokenView, 'eventId' | 'token' | 'viewedAt'>;

interface Serdes {
  readonly views: Serde<AuditedView>;
  readonly candidates: Serde<CandidateSet>;
}

async function openSerdes(url: string, logger: Logger): Promise<Serdes> {
  const registry = createRegistry({ url, logger });
  const fields = ['eventId', 'token', 'viewedAt'];
  return {
    views: await registry.serde<AuditedView>(topics.views, '', { fields }),
    candidates: await registry.serde<CandidateSet>(topics.candidates),
  };
}

/** Every gateway serves the same right boards. */
async function boardsOfAll(
  gatewayUrls: readonly string[],
  tokens: readonly string[],
  counts: PaneCounts,
): Promise<Difference[]> {
  const found = gatewayUrls.map((url) => boardDifferences(url, tokens, counts));
  return (await Promise.all(found)).flat();
}

/** Something is still away; at the deadline this says what. */
function unanswered(error: unknown): Difference[] {
  const text = error instanceof Error ? error.message : String(error);
  return [{ place: `no answer: ${text}`, expected: 0, actual: 0 }];
}
