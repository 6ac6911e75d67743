import type { Logger } from '@trending/runtime';
import type { SinkMetrics } from './sink-metrics.ts';
import type { RangeBlock, RowSink } from './sink-ports.ts';

export interface RepairSettings {
  readonly sink: RowSink;
  readonly metrics: SinkMetrics;
  readonly logger: Logger;
}

/** Puts back what an insert in doubt left out, and tells of it: a row put back is a loss that nearly happened. */
export async function repairRange(settings: RepairSettings, block: RangeBlock): Promise<void> {
  const { sink, metrics, logger } = settings;
  const repaired = await sink.repair(block);
  for (const [table, rows] of repaired) metrics.repaired.inc({ table }, rows);
  if (repaired.size > 0)
    logger.warn(
      { token: block.token, rows: Object.fromEntries(repaired) },
      'ClickHouse had noted an insert whose rows it did not keep: put back',
    );
}
