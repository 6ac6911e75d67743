import type { Logger } from '@trending/runtime';
import { rollupTables, tables } from '../topology.ts';
import type { SinkMetrics } from './sink-metrics.ts';
import type { RangeBlock, RowBlock, RowSink } from './sink-ports.ts';

export interface RepairSettings {
  readonly sink: RowSink;
  readonly metrics: SinkMetrics;
  readonly logger: Logger;
}

/** Tables that an insert of the block fills, in the order they are repaired: roll-ups are made good from the raw rows. */
export function tablesOf({ table }: Pick<RowBlock, 'table'>): readonly string[] {
  return table === tables.tokenViews ? [table, ...rollupTables] : [table];
}

/** Puts back what an insert in doubt left out of one table, and tells of it: a row put back is a loss that nearly happened. */
export async function repairTable(
  { sink, metrics, logger }: RepairSettings,
  block: RangeBlock,
  table: string,
): Promise<void> {
  const rows = await sink.repair(block, table);
  if (rows === 0) return;
  metrics.repaired.inc({ table }, rows);
  logger.warn(
    { token: block.token, table, rows },
    'ClickHouse had noted an insert whose rows it did not keep: put back',
  );
}
