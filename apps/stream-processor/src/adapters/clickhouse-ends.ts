import type { SinkRoleDeps } from '../tasks/sink-role.ts';
import { createRhythmSource } from './clickhouse-rhythms.ts';
import { type ClickHouseSinkSettings, createClickHouseSink } from './clickhouse-sink.ts';

/** Both ends that the sink role has on ClickHouse: where rows go, and where weeks are read. */
export function clickHouseEnds(
  settings: ClickHouseSinkSettings,
): Pick<SinkRoleDeps, 'sink'> & Required<Pick<SinkRoleDeps, 'rhythms'>> {
  return { sink: createClickHouseSink(settings), rhythms: createRhythmSource(settings) };
}
