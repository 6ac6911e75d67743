import type { ConsumedRecord, Serde } from '@trending/kafka';
import type { JourneyGroup, ViewerJourneys } from '@trending/schemas';
import { decoded } from './rank-ports.ts';

/** What one record of the journeys topic tells of a partition's viewers. */
export interface ToldRecord {
  readonly offset: number;
  readonly groups: readonly JourneyGroup[];
}

/** Of which partition of the views a record tells: its key says so, so that those of others need not be read. */
export function partitionToldOf({ key }: ConsumedRecord): number {
  return Number(Buffer.from(key ?? '').toString());
}

/** Undefined for a record that holds no facts. */
export async function toldIn(
  serde: Serde<ViewerJourneys>,
  { offset, value }: ConsumedRecord,
): Promise<ToldRecord | undefined> {
  const journeys = value === null ? undefined : await decoded<ViewerJourneys>(serde, value);
  return journeys && { offset, groups: journeys.groups };
}
