import type { TopicPartition } from '@trending/kafka';
import { AppError } from '@trending/runtime/errors';
import type {
  RangeBlock,
  RowBlock,
  RowSink,
} from '../../apps/stream-processor/src/tasks/sink-ports.ts';
import { rollupTables } from '../../apps/stream-processor/src/topology.ts';
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

/** How an insert ends: whole, between the two tables, or killed when a table had noted the token and kept nothing yet. */
const ends = ['whole', 'between', 'raw noted only', 'roll-up noted only'] as const;
type End = (typeof ends)[number];

interface RollupCell {
  views: number;
  /** Behind the last record counted. */
  covered: number;
}

/** One insert of a block: the raw table first, then its roll-up; it may stop in the middle, and its answer may get lost. */
export class ClickHouse {
  readonly process = new Process('clickhouse');
  /** Rows of `token_views` and, by partition, what its roll-up counts. */
  readonly rows: StoredRow[] = [];
  readonly rollup = new Map<number, RollupCell>();
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
      insert: (block) =>
        this.#call(owner, { what: 'insert', block, land: (end) => this.#land(block, end) }),
      repair: async (block, table) => {
        const land = (end: End) => this.#repair(block, table, end);
        await this.#call(owner, { what: `repair ${table}`, block, land });
        return 0;
      },
      newestViewOffset: async ({ partition }: TopicPartition) =>
        this.rows
          .filter((row) => row.partition === partition)
          .reduce((newest, { offset }) => Math.max(newest, offset), -1),
      close: async () => undefined,
    };
  }

  #call(owner: Process, { what, block: { token }, land }: Call): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#scheduler.post(this.process, `${what} ${token}`, () => {
        const isCut = this.#faults.losesAnswer();
        land(isCut ? this.#scheduler.random.pick(ends) : 'whole');
        const isLost = isCut || this.#faults.losesAnswer();
        if (isLost) this.#faults.count('insertFaults');
        this.#scheduler.post(owner, `${what} ${token} answered`, () => {
          if (isLost) reject(unknown(token));
          else resolve();
        });
      });
    });
  }

  #land(block: RowBlock, end: End): void {
    if (block.table !== 'token_views') return;
    const rows = rowsOf(block);
    if (this.#isNew('raw', block.token) && end !== 'raw noted only') this.rows.push(...rows);
    if (end === 'between' || end === 'raw noted only') return;
    if (this.#isNew('rollup', block.token) && end === 'whole') this.#count(rows);
  }

  /** As the real one: rows that are not there, or the (only) roll-up when it does not reach as far as they do. */
  #repair(block: RangeBlock, table: string, end: End): void {
    if (block.table !== 'token_views' || end !== 'whole') return;
    const { partition } = block.origin;
    const rows = rowsOf(block);
    if (table === rollupTables[0]) {
      const reached = this.rollup.get(partition)?.covered ?? 0;
      if (reached <= (rows.at(-1)?.offset ?? -1)) this.#count(rows);
    }
    if (table !== block.table) return;
    const kept = new Set(
      this.rows.filter((row) => row.partition === partition).map(({ offset }) => offset),
    );
    this.rows.push(...rows.filter(({ offset }) => !kept.has(offset)));
  }

  #count(rows: readonly StoredRow[]): void {
    for (const { partition, offset } of rows) {
      const cell = this.rollup.get(partition) ?? { views: 0, covered: 0 };
      cell.views += 1;
      cell.covered = Math.max(cell.covered, offset + 1);
      this.rollup.set(partition, cell);
    }
  }

  #isNew(table: 'raw' | 'rollup', token: string): boolean {
    if (this.#tokens[table].has(token)) return false;
    if ((windows?.[table] ?? 0) > 0) this.#tokens[table].add(token);
    return true;
  }
}

interface Call {
  readonly what: string;
  readonly block: RowBlock;
  readonly land: (end: End) => void;
}

function rowsOf({ body }: RowBlock): StoredRow[] {
  return body.flatMap((piece) => {
    // Only numbers are looked at: texts may come out wrong, and this is the fastest to read.
    const lines = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1');
    const rows = JSON.parse(`[${lines.trimEnd().replaceAll('\n', ',')}]`) as readonly ViewRow[];
    return rows.map(({ _partition, _offset }) => ({ partition: _partition, offset: _offset }));
  });
}

interface ViewRow {
  readonly _partition: number;
  readonly _offset: number;
}

function unknown(token: string): AppError {
  return new AppError({
    code: 'CLICKHOUSE_UNAVAILABLE',
    message: `${token}: connection reset`,
    retriable: true,
  });
}
