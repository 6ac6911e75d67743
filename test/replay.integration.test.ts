import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '@trending/runtime/testing';
import type { Board } from '@trending/schemas';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshToken, publishSurely, sql, viewsOf } from './support/pipeline.ts';

const stack = inject('stack');
const execute = promisify(execFile);
const minute = 60_000;
const stepMs = 10 * minute;
/**
 * Behind all views of the log: a replay folds each partition in offset order, so what was published after a view of a later time
 * comes with that view and not before.
 */
const end = Math.ceil(Date.now() / stepMs) * stepMs + stepMs;
const start = end - 6 * stepMs;
const range = `--from ${start} --to ${end} --every 10m --window 5m,1h --json`;
/** A chain of its own: other tests' tokens cannot crowd these off its board. */
const chain = 'replayed';
const tokens = [freshToken(), freshToken(), freshToken()].map(({ address }) => ({
  chain,
  address,
  token: `${chain}:${address}`,
}));
const replayed = `_partition = 65535 AND as_of BETWEEN fromUnixTimestamp64Milli(${start}) AND fromUnixTimestamp64Milli(${end})`;

interface Report {
  readonly boards: number;
  readonly records: number;
  readonly into: string;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
  if (inject('stackMissing') === '') await publishHalfAnHour();
});
afterAll(() => rm(folder, { recursive: true }));

/** Views of the last half hour, each token's at a pace of its own. */
async function publishHalfAnHour(): Promise<void> {
  const now = Date.now();
  for (const [index, token] of tokens.entries()) {
    const views = viewsOf(token, 40 * (index + 1)).map((view, i, all) => ({
      ...view,
      viewedAt: now - Math.floor((i / all.length) * 3 * stepMs),
    }));
    await publishSurely(stack, views);
  }
}

async function replay(into: string): Promise<Report> {
  return JSON.parse(await replayCommand(`${range} ${into}`)) as Report;
}

function replayCommand(words: string): Promise<string> {
  return command('replay', words);
}

async function command(script: string, words: string): Promise<string> {
  const args = ['run', '-s', script, '--', ...words.split(' ')];
  const env = {
    ...process.env,
    KAFKA_BROKERS: stack.kafka,
    REGISTRY_URL: `${stack.registryUrl}`,
    CLICKHOUSE_URL: stack.clickhouseUrl,
  };
  const { stdout } = await execute('npm', args, { env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

const columns = `formula, formula_version, formula_hash, window, scope, epoch, seq, toUnixTimestamp64Milli(as_of) AS as_of_ms,
  toUnixTimestamp64Milli(scored_at) AS scored_at_ms, cut, partial, rank, token, score_micro, observed, expected, raw_views, visitors,
  networks, effective, integrity_micro, state, flags, toUnixTimestamp64Milli(since) AS since_ms`;

/** The table's rows in the order the replay gave them out, 64-bit numbers as numbers. */
async function storedRows(): Promise<unknown[]> {
  const query = `SELECT ${columns} FROM trending.board_history WHERE ${replayed} ORDER BY _offset, rank SETTINGS output_format_json_quote_64bit_integers = 0`;
  return sql(stack, query);
}

/** A board of the file as the rows that should stand in the table. */
function rowsOf(board: Board): unknown[] {
  const { formula, window, scope, epoch, seq, asOf, scoredAt, cut, partial } = board;
  const head = {
    ...{ formula: formula.id, formula_version: formula.version, formula_hash: formula.hash },
    ...{ window, scope, epoch, seq, as_of_ms: asOf, scored_at_ms: scoredAt, partial },
    cut: cut.map(({ partition, inputOffset }) => ({ partition, input_offset: inputOffset })),
  };
  const items = board.items.slice(0, 100).map((item) => ({
    ...head,
    ...{ rank: item.rank, token: item.token, score_micro: item.scoreMicro },
    ...{ observed: item.observed, expected: item.expected, raw_views: item.rawViews },
    ...{ visitors: item.visitors, networks: item.networks, effective: item.effectiveVisitors },
    ...{ integrity_micro: item.integrityMicro, state: item.state, flags: item.flags },
    since_ms: item.since,
  }));
  return items.length > 0 ? items : [expect.objectContaining({ ...head, rank: 0, token: '' })];
}

describe('npm run replay -- --into clickhouse', () => {
  test('stores exactly the boards that --into file writes, and again changes nothing', async () => {
    const path = join(folder, 'boards.ndjson');
    const file = await replay(`--into file --out ${path}`);
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    const boards = lines.map((line) => JSON.parse(line) as Board);
    expect(boards).toHaveLength(file.boards);
    const last = boards.findLast((b) => b.scope === `chain:${chain}` && b.window === '1h');
    const shown = last?.items.filter((item) => tokens.some(({ token }) => token === item.token));
    expect(shown?.map(({ rawViews }) => rawViews)).toEqual([120, 80, 40]);

    const table = await replay('--into clickhouse');
    expect(table).toMatchObject({ boards: file.boards, records: file.records });
    expect(table.into).toBe('table board_history');
    const rows = await storedRows();
    expect(rows).toEqual(boards.flatMap(rowsOf));

    await replay('--into clickhouse');
    expect(await storedRows()).toEqual(rows);
  });
});

interface BoardVerdict {
  readonly key: string;
  readonly places: number;
  readonly differences: readonly string[];
  readonly skipped?: string;
}

describe('npm run replay -- --verify', () => {
  test('makes the boards that are served again from the log, and they are the same', async () => {
    const verdicts = JSON.parse(await replayCommand('--verify --json')) as BoardVerdict[];
    expect(verdicts.filter(({ differences }) => differences.length > 0)).toEqual([]);
    const compared = verdicts.filter(({ skipped, places }) => skipped === undefined && places > 0);
    expect(compared.map(({ key }) => key)).toContain(`views|1h|chain:${chain}`);
  });
});

interface PartitionVerdict {
  readonly cells: number;
  readonly sets: number;
  readonly differences: readonly unknown[];
  readonly wrongSets: readonly string[];
}

describe('npm run verify-state', () => {
  test('finds checkpoints and candidate sets of every partition equal to a rebuild', async () => {
    const sum = (verdicts: readonly PartitionVerdict[], of: (one: PartitionVerdict) => number) =>
      verdicts.reduce((n, one) => n + of(one), 0);
    // The first deltas are written some seconds after the first views.
    const verdicts = await until({ timeoutMs: 60_000, what: 'checkpoints' }, async () => {
      const found = JSON.parse(await command('verify-state', '--json')) as PartitionVerdict[];
      return sum(found, ({ cells }) => cells) > 0 ? found : undefined;
    });
    expect(verdicts).toHaveLength(12);
    const wrong = verdicts.flatMap(({ differences, wrongSets }) => [...differences, ...wrongSets]);
    expect(wrong).toEqual([]);
    expect(sum(verdicts, ({ sets }) => sets)).toBeGreaterThan(0);
  });
});
