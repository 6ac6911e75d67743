import type { TopicPartition } from '@trending/kafka';
import { AppError } from '@trending/runtime/errors';
import type { RowBlock, RowSink } from '../../apps/stream-processor/src/tasks/sink-ports.ts';
import type { Faults } from './faults.ts';
import { Process, type Scheduler } from './scheduler.ts';
import { repositoryText } from './texts.ts';

export interface StoredRow {
  readonly partition: number;
  readonly offset: number;
}

/** Tables of the migrations; only those with a deduplication window remember tokens. */
const windowsOf = () => {
  const window = (file: string) =>
    Number(
      /non_replicated_deduplication_window = (\d+)/.exec(
        repositoryText(`clickhouse/migrations/${file}`),
      )?.[1] ?? 0,
    );
  return { raw: window('1_token_views.sql'), rollup: window('2_token_view_rollups.sql') };
};
let windows: ReturnType<typeof windowsOf> | undefined;

/** One insert of a block: the raw table first, then its roll-up; it may stop between the two, and its answer may get lost. */
export class ClickHouse {
  readonly process = new Process('clickhouse');
  /** Rows of `token_views` and, by partition, what its roll-up counts. */
  readonly rows: StoredRow[] = [];
  readonly rollup = new Map<number, number>();
  readonly #tokens = { raw: new Set<string>(), rollup: new Set<string>() };
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;

  constructor(scheduler: Scheduler, faults: Faults) {
    this.#scheduler = scheduler;
    this.#faults = faults;
    windows ??= windowsOf();
  }

  /** The sink's way in, from one process. */
  sinkOf(owner: Process): RowSink {
    return {
      insert: (block) => this.#insert(owner, block),
      newestViewOffset: async ({ partition }: TopicPartition) =>
        this.rows
          .filter((row) => row.partition === partition)
          .reduce((newest, { offset }) => Math.max(newest, offset), -1),
      close: async () => undefined,
    };
  }

  #insert(owner: Process, block: RowBlock): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#scheduler.post(this.process, `insert ${block.token}`, () => {
        const isCut = this.#faults.losesAnswer();
        this.#land(block, isCut && this.#scheduler.random.chance(0.5));
        const isLost = isCut || this.#faults.losesAnswer();
        if (isLost) this.#faults.count('insertFaults');
        this.#scheduler.post(owner, `insert ${block.token} answered`, () => {
          if (isLost) reject(unknown(block));
          else resolve();
        });
      });
    });
  }

  #land({ table, token, body }: RowBlock, isCut: boolean): void {
    if (table !== 'token_views') return;
    const rows = body
      .flatMap((piece) => Buffer.from(piece).toString('utf8').trimEnd().split('\n'))
      .map(rowOf);
    if (this.#isNew('raw', token)) this.rows.push(...rows);
    if (isCut || !this.#isNew('rollup', token)) return;
    for (const { partition } of rows)
      this.rollup.set(partition, (this.rollup.get(partition) ?? 0) + 1);
  }

  #isNew(table: 'raw' | 'rollup', token: string): boolean {
    if (this.#tokens[table].has(token)) return false;
    if ((windows?.[table] ?? 0) > 0) this.#tokens[table].add(token);
    return true;
  }
}

function rowOf(line: string): StoredRow {
  const { _partition, _offset } = JSON.parse(line) as { _partition: number; _offset: number };
  return { partition: _partition, offset: _offset };
}

function unknown({ token }: RowBlock): AppError {
  return new AppError({
    code: 'CLICKHOUSE_UNAVAILABLE',
    message: `insert ${token}: connection reset`,
    retriable: true,
  });
}
