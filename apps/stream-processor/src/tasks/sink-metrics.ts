import { Counter, Gauge, Histogram, type Registry } from '@trending/runtime';
import type { PartitionLag } from './sink-lag.ts';

/** What the sink tells of itself. */
export interface SinkMetrics {
  readonly rows: Counter<'table'>;
  readonly inserts: Counter<'table'>;
  readonly repaired: Counter<'table'>;
  readonly skipped: Counter<'table' | 'reason'>;
  readonly retries: Counter<'table' | 'step'>;
  readonly gapRecords: Counter<'table'>;
  readonly insertSeconds: Histogram<'table'>;
  readonly lastInsert: Gauge<'table'>;
}

/** `lag` is asked at every scrape. */
export function createSinkMetrics(
  registry: Registry,
  lag: () => Promise<readonly PartitionLag[]>,
): SinkMetrics {
  const registers = [registry];
  new Gauge({
    name: 'trending_sink_lag_records',
    help: 'Records of the log that are not in ClickHouse yet',
    labelNames: ['topic', 'partition'],
    registers,
    async collect() {
      const lags = await lag();
      this.reset();
      for (const { topic, partition, records } of lags)
        this.set({ topic, partition: String(partition) }, records);
    },
  });
  const labelNames = ['table'] as const;
  return {
    rows: new Counter({
      name: 'trending_sink_rows_total',
      help: 'Rows acknowledged by ClickHouse',
      labelNames,
      registers,
    }),
    inserts: new Counter({
      name: 'trending_sink_inserts_total',
      help: 'Inserts acknowledged by ClickHouse',
      labelNames,
      registers,
    }),
    repaired: new Counter({
      name: 'trending_sink_repaired_rows_total',
      help: 'Rows put back that a killed ClickHouse had noted but not kept',
      labelNames,
      registers,
    }),
    skipped: new Counter({
      name: 'trending_sink_skipped_total',
      help: 'Records that make no row, by reason',
      labelNames: ['table', 'reason'],
      registers,
    }),
    retries: new Counter({
      name: 'trending_sink_retries_total',
      help: 'Repeated steps of the insert protocol',
      labelNames: ['table', 'step'],
      registers,
    }),
    gapRecords: new Counter({
      name: 'trending_sink_gap_records_total',
      help: 'Records that retention removed before they were inserted',
      labelNames,
      registers,
    }),
    insertSeconds: new Histogram({
      name: 'trending_sink_insert_seconds',
      help: 'Duration of acknowledged inserts',
      labelNames,
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    lastInsert: new Gauge({
      name: 'trending_sink_last_insert_timestamp_seconds',
      help: 'When ClickHouse last acknowledged an insert',
      labelNames,
      registers,
    }),
  };
}
