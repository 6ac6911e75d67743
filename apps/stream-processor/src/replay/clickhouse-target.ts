import { createHash } from 'node:crypto';
import { topics } from '@trending/schemas';
import { boardLines } from '../domain/sink-rows.ts';
import { withRetries } from '../tasks/retry.ts';
import type { RowSink } from '../tasks/sink-ports.ts';
import { tables } from '../topology.ts';
import type { ReplayTarget } from './replay-target.ts';

/** `_partition` of rows that a replay wrote; live boards have 0. */
export const replayPartition = 65_535;
const blockRows = 20_000;
const ranksMax = 100;

/**
 * Adds boards to the history. A block's token is the hash of its rows, so the same replay again changes nothing. Rows of a replay
 * have `_partition` 65535 and count their own offsets.
 */
export function createClickHouseTarget(sink: Pick<RowSink, 'insert' | 'close'>): ReplayTarget {
  let offset = 0;
  let lines: string[] = [];

  async function flush(): Promise<void> {
    if (lines.length === 0) return;
    const body = Buffer.from(lines.join(''));
    const rows = lines.length;
    lines = [];
    const token = `replay-${createHash('sha256').update(body).digest('hex')}`;
    const block = { table: tables.boardHistory, token, rows, body: [body] };
    await withRetries(
      () => sink.insert(block),
      () => undefined,
    );
  }

  return {
    async write(_key, board) {
      const origin = { topic: topics.rankings.name, partition: replayPartition, offset };
      offset += 1;
      for (const line of boardLines(board, origin, { ranksMax })) lines.push(`${line}\n`);
      if (lines.length >= blockRows) await flush();
    },
    async finish() {
      await flush();
      await sink.close();
      return { into: `table ${tables.boardHistory}` };
    },
    abandon: () => sink.close(),
  };
}
