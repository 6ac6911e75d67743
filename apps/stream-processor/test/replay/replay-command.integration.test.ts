import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { topicName } from '@trending/kafka';
import { systemClock } from '@trending/runtime';
import { type Board, type TokenView, topics } from '@trending/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReplayWorld, replayCommand } from '../../src/replay/replay-command.ts';
import { type ReplayOptions, replayOptions } from '../../src/replay/replay-options.ts';
import { type BrokerWorld, brokerWorld, quietLogger } from '../support/real-broker.ts';
import { partitionOfToken, viewOf } from '../support/view-fixtures.ts';

const tokens = ['eth:a', 'eth:b', 'sol:c', 'ton:d', 'nab:AAPL'];
const start = 1_424_995_200_000;
const views = 3_000;

let world: BrokerWorld;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
  world = await brokerWorld(4);
  await publish();
});
afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true });
});

/** One view every two seconds, in the topic for old views. */
async function publish(): Promise<void> {
  const serde = await world.registry.serde<TokenView>(topics.backfill, world.prefix);
  const topic = topicName(topics.backfill, world.prefix);
  const records = Array.from({ length: views }, (_, id) => {
    const token = tokens[(id * id) % tokens.length] as string;
    const view = viewOf({ token, id, visitor: id, viewedAt: start + id * 2_000 });
    return { token, record: { key: token, value: serde.encode(view) } };
  });
  const byPartition = Map.groupBy(records, ({ token }) => partitionOfToken(token, 4));
  for (const [partition, own] of byPartition)
    await world.log.append(
      { topic, partition },
      own.map(({ record }) => record),
    );
}

function run(options: string) {
  const given = replayOptions(`--topic backfill --every 10m ${options}`.split(' '));
  const replayWorld: ReplayWorld = {
    log: world.log,
    registry: world.registry,
    rows: () => {
      throw new Error('no ClickHouse here');
    },
    readFile: () => '{"id": "views-b", "base": "views", "parameters": {"minViews": 400}}',
    clock: systemClock,
    logger: quietLogger,
    terminal: new PassThrough().resume(),
    prefix: world.prefix,
  };
  return replayCommand(given as ReplayOptions, replayWorld);
}

describe('a replay from a real broker', () => {
  test('gives the same file every time, with the views in it', async () => {
    const paths = [1, 2].map((i) => join(folder, `${i}.ndjson`));
    const reports = [await run(`--out ${paths[0]}`), await run(`--out ${paths[1]}`)];
    expect(reports[0]).toMatchObject({ records: views, firstAsOf: start });
    expect(reports[1]?.sha256).toBe(reports[0]?.sha256);
    const bytes = await readFile(paths[0] ?? '');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(reports[0]?.sha256);
    const lines = bytes.toString().trimEnd().split('\n');
    const boards = lines.map((line) => JSON.parse(line) as Board);
    const day = boards.findLast((b) => b.window === '24h' && b.scope === 'all');
    expect(boards).toHaveLength(reports[0]?.boards ?? 0);
    expect(day?.items.reduce((sum, { rawViews }) => sum + rawViews, 0)).toBe(views);
  });

  test('ranks by the formula of a file, beside no other unless asked for', async () => {
    const out = join(folder, 'tried.ndjson');
    await run(`--window 1h --scope all --formula views-b.json --out ${out}`);
    const boards = (await readFile(out, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(boards.map(({ formula }: Board) => formula.id))).toEqual(new Set(['views-b']));
    for (const { rawViews } of boards.flatMap(({ items }: Board) => items))
      expect(rawViews).toBeGreaterThanOrEqual(400);
    await expect(run('--formula bogus')).rejects.toThrow('known are views, classic, trending');
  });

  test('fills a topic of its own and leaves the live rankings alone', async () => {
    const report = await run('--window 1h --scope all --into rankings');
    const ends = async (topic: string) => (await world.log.endOffsets(topic)).get(0);
    expect(report.into).toBe(`topic ${world.prefix}replay.token.rankings.v1`);
    expect(await ends(`${world.prefix}replay.token.rankings.v1`)).toBe(report.boards);
    expect(await ends(topicName(topics.rankings, world.prefix))).toBe(0);
  });
});
