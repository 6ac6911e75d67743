import type { ConsumedRecord, Follower, WatchedPosition } from '@trending/kafka';
import { type TokenMetadata, tokenOfWeekKey } from '@trending/schemas';
import type { CategoryTable, KnownChange } from '../state/category-table.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import { decoded } from './rank-ports.ts';
import { withRetries } from './retry.ts';

export interface CollectedTokens {
  /** Those so far. */
  readonly tokens: ReadonlySet<string>;
  readonly end: () => void;
}

/** Keeps the category table level with the metadata topic: whole before `start` resolves, then as records come. */
export class MetadataReader {
  readonly #ports: AggregatePorts;
  readonly #table: CategoryTable;
  /** Something else is known of a token. */
  readonly #changed: (token: string, change: KnownChange) => void;
  /** Changes since somebody began to collect. */
  readonly #collected = new Set<Set<string>>();
  #follower: Follower | undefined;
  #position = 0;

  constructor(
    ports: AggregatePorts,
    table: CategoryTable,
    changed: (token: string, change: KnownChange) => void,
  ) {
    this.#ports = ports;
    this.#table = table;
    this.#changed = changed;
  }

  async start(crashed: (error: Error) => void): Promise<void> {
    const { log, metadataTopic } = this.#ports;
    const target = { topic: metadataTopic, partition: 0 };
    const [starts, ends] = [
      await log.startOffsets(metadataTopic),
      await log.endOffsets(metadataTopic),
    ];
    const to = ends.get(0) ?? 0;
    for await (const { records } of log.read(target, { from: starts.get(0) ?? 0, to }))
      await this.#apply(records);
    this.#table.skipTo(to);
    this.#position = this.#table.offset;
    this.#follower = await log.follow(target, {
      from: this.#position,
      batch: async ({ records, next }) => {
        await this.#apply(records);
        this.#position = next;
      },
      crashed,
    });
  }

  /** Where it reads, for the watchdog; nothing before it follows. */
  positions(): WatchedPosition[] {
    if (this.#follower === undefined) return [];
    return [{ topic: this.#ports.metadataTopic, partition: 0, position: this.#position }];
  }

  /** Begins to remember of which something else is known, until `end`: a state that is being restored cannot be told of them yet. */
  collect(): CollectedTokens {
    const tokens = new Set<string>();
    this.#collected.add(tokens);
    return { tokens, end: () => void this.#collected.delete(tokens) };
  }

  async stop(): Promise<void> {
    await this.#follower?.stop();
    this.#follower = undefined;
  }

  async #apply(records: readonly ConsumedRecord[]): Promise<void> {
    const { metadata: serde, logger } = this.#ports;
    for (const { key, value, offset } of records) {
      if (key === null) continue;
      const metadata =
        value === null
          ? null
          : await withRetries(
              () => decoded<TokenMetadata>(serde, value),
              (error) => logger.warn({ err: error }, 'schema registry does not answer'),
            );
      const name = Buffer.from(key).toString('utf8');
      if (metadata === undefined) {
        logger.error({ token: name, offset }, 'metadata record does not decode');
        continue;
      }
      const change = this.#table.apply(offset, name, metadata);
      if (change === 'nothing') continue;
      const token = tokenOfWeekKey(name) ?? name;
      for (const tokens of this.#collected) tokens.add(token);
      this.#changed(token, change);
    }
  }
}
