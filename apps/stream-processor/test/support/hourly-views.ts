import type { ClickHouseClient } from '@clickhouse/client';

const hourMs = 3_600_000;

/** Views of one token, as many in every hour of a time. */
export interface Spell {
  readonly token: string;
  /** Hours [from, to) since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly perHour: number;
  /** Only these hours of the week, 0 = Monday 00:00 UTC. */
  readonly slots?: readonly number[];
  readonly flags?: number;
  readonly topic?: string;
}

let offset = 0;

/** Raw views in ClickHouse, as the sink writes them; the roll-ups are what the migrations make of them. */
export async function insertSpell(client: ClickHouseClient, spell: Spell): Promise<void> {
  const { token, from, to, perHour, flags = 0, topic = 'token.views.v1', slots = [] } = spell;
  const count = (to - from) * perHour;
  const only = slots.length === 0 ? '' : 'WHERE has({slots:Array(UInt32)}, (hour + 72) % 168)';
  await client.command({
    query: `INSERT INTO token_views (_topic, _partition, _offset, token, chain, viewer, viewed_at, flags)
SELECT {topic:String}, number % 2, {offset:UInt64} + number, {token:String}, 'x', number % 5,
  fromUnixTimestamp64Milli(toInt64(hour * ${hourMs} + number % 3599 * 1000)), {flags:UInt32}
FROM (SELECT number, {from:UInt32} + intDiv(number, {perHour:UInt32}) AS hour FROM numbers({count:UInt64}))
${only}`,
    query_params: { token, from, perHour, count, offset, flags, slots: [...slots], topic },
  });
  offset += count;
}
