/** A single fault put into the code on its way in. */
export interface Mutant {
  readonly name: string;
  /** End of the file's path. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Why no seed catches it, where that is known. */
  readonly uncaught?: string;
}

const tasks = 'stream-processor/src/tasks/';
const domain = 'stream-processor/src/domain/';
const state = 'stream-processor/src/state/';

export const mutants: readonly Mutant[] = [
  {
    name: 'fold applies deltas wherever they begin, and looks at no chain',
    file: `${domain}checkpoint-fold.ts`,
    from: `|| record.start !== this.#end) return 'skip';
    if (!sameBytes(record.chain, this.#chain)) {`,
    to: `) return 'skip';
    if (false) {`,
  },
  {
    name: 'fold ignores fences',
    file: `${domain}checkpoint-fold.ts`,
    from: 'if (record.ownerId !== this.#owner || record.start !== this.#end)',
    to: 'if (record.start !== this.#end)',
  },
  {
    name: 'delta says it ends one record late',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'const { start, end } = journal;',
    to: 'const { start } = journal; const end = journal.end + 1;',
  },
  {
    name: 'base used before it was verified',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'if (!(await this.ownership.wrote(offset))) return;\n    }',
    to: 'await this.ownership.wrote(offset);\n    }',
  },
  {
    name: 'base written with views folded since the last delta',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'deadLettersPending > 0 || position !== this.#end || this.ownership.isLost',
    to: 'this.ownership.isLost',
  },
  {
    name: 'delta before its dead letters are acknowledged',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'this.#task.deadLettersPending > 0 || (this',
    to: '(this',
    uncaught:
      'not told apart yet: needs a kill between the two acknowledgements, which no seed made',
  },
  {
    name: 'replayed views are not remembered against duplicates',
    file: `${state}aggregate-state.ts`,
    from: `      this.#recent.remember(row, this.#tokenHash(row.token), this.time.logTime);
      this.time.sawView`,
    to: '      this.time.sawView',
  },
  {
    name: 'views before the base are not recollected',
    file: `${tasks}checkpoint-restore.ts`,
    from: 'this.#recollect({ offset, ...value }, value.payload);',
    to: '',
  },
  {
    name: 'sets leave before catching up',
    file: `${tasks}aggregate-task.ts`,
    from: 'return this.isCaughtUp && this.deadLettersPending === 0;',
    to: 'return this.deadLettersPending === 0;',
  },
  {
    name: 'a superseded owner asks once, and gives up without an answer',
    file: `${tasks}aggregate-commits.ts`,
    from: 'await withRetries(\n',
    to: 'await (async (call: () => Promise<void>, _: unknown) => call().catch(() => { throw new Error("gone"); }))(\n',
  },
  {
    name: 'ownership is never looked at',
    file: `${tasks}checkpoint-ownership.ts`,
    from: 'if (await this.hasForeignFence(offset)) this.#isLost = true;',
    to: '',
  },
  {
    name: 'ranker takes sets of older epochs',
    file: `${domain}board-window.ts`,
    from: 'if (!supersedes(set, this.#sets.get(partition))) return false;',
    to: '',
  },
  {
    name: 'reader takes boards of older epochs',
    file: 'push-gateway/src/domain/board-view.ts',
    from: "if (board.epoch < this.#greatestEpoch) return { kind: 'dropped', reason: 'older-epoch' };",
    to: '',
  },
  {
    name: 'reader takes boards twice',
    file: 'push-gateway/src/domain/board-view.ts',
    from: 'board.seq <= previous.seq)',
    to: 'board.seq < 0)',
    uncaught:
      'the present rule matters only when a copy lands behind a newer board of its epoch; no seed made one',
  },
  {
    name: 'ties go to the greater token',
    file: `${domain}rank-order.ts`,
    from: 'left.token < right.token ? -1 : 1',
    to: 'left.token < right.token ? 1 : -1',
  },
  {
    name: 'ties ignore effective visitors',
    file: `${domain}rank-order.ts`,
    from: 'if (left.effective !== right.effective) return right.effective - left.effective;',
    to: '',
  },
  {
    name: 'sink inserts without writing its range down',
    file: `${tasks}sink-task.ts`,
    from: "await this.#retried('before', () => this.#tracked(commit(start, pendingMetadata(end))));",
    to: 'pendingMetadata(end);',
  },
  {
    name: 'sink passes over the range that was written down',
    file: `${tasks}sink-start.ts`,
    from: '{ pendingEnd: pending.end }',
    to: '{}',
  },
  {
    name: 'sink commits the end before the insert',
    file: `${tasks}sink-task.ts`,
    from: "await this.#retried('insert', () => insert(block));",
    to: "await this.#retried('after', () => this.#tracked(commit(end, ''))); await this.#retried('insert', () => insert(block));",
  },
  {
    name: 'the roll-ups know no tokens of inserts',
    file: 'clickhouse/migrations/2_token_view_rollups.sql',
    from: 'non_replicated_deduplication_window = 10000',
    to: 'non_replicated_deduplication_window = 0',
  },
  {
    name: 'the raw table knows no tokens of inserts',
    file: 'clickhouse/migrations/1_token_views.sql',
    from: 'non_replicated_deduplication_window = 10000',
    to: 'non_replicated_deduplication_window = 0',
  },
];

/** Changes every place. @throws Error when there is none */
export function rewritten({ name, file, from, to }: Mutant, text: string): string {
  if (!text.includes(from)) throw new Error(`mutant '${name}': nothing to change in ${file}`);
  return text.replaceAll(from, () => to);
}
