import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { rhythmHoursMin, rhythmTokensMax, rhythmViewsMin } from '../domain/week-rhythm.ts';
import type { HourRange, RhythmSource } from '../tasks/rhythm-ports.ts';
import { clickHouseError } from './clickhouse-error.ts';

export interface RhythmSourceSettings {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

const hourSeconds = 3_600;
const unread = 'Views by hour could not be read from token_views_by_hour';
const hint = '. Is CLICKHOUSE_URL right, and are the migrations applied?';
const inRange = `hour >= toDateTime({from:UInt32}, 'UTC') AND hour < toDateTime({to:UInt32}, 'UTC')`;
const place = `intDiv(toUInt32(hour) - {from:UInt32}, ${hourSeconds}) AS place`;

const siteQuery = `SELECT ${place}, sum(views) AS seen FROM token_views_by_hour WHERE ${inRange} GROUP BY place`;

const regularQuery = `SELECT token FROM token_views_by_hour
WHERE ${inRange}
GROUP BY token
HAVING min(hour) <= toDateTime({known:UInt32}, 'UTC')
  AND sum(views) >= ${rhythmViewsMin} * intDiv({to:UInt32} - toUInt32(min(hour)), ${hourSeconds})
ORDER BY sum(views) DESC, token
LIMIT ${rhythmTokensMax}`;

const tokensQuery = `SELECT token, groupArray(place) AS places, groupArray(seen) AS views FROM (
  SELECT token, ${place}, sum(views) AS seen FROM token_views_by_hour
  WHERE token IN {tokens:Array(String)} AND ${inRange}
  GROUP BY token, place
)
GROUP BY token`;

/**
 * The hourly roll-up in ClickHouse. It has connections of its own and little of the server, so that no insert waits for it.
 */
export function createRhythmSource(settings: RhythmSourceSettings): RhythmSource {
  const client = createClient({
    ...settings,
    application: 'week-rhythms',
    log: { level: ClickHouseLogLevel.OFF },
    request_timeout: 60_000,
    keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    max_open_connections: 1,
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 0,
      max_threads: 2,
      max_execution_time: 55,
      max_bytes_before_external_group_by: '268435456',
    },
  });

  async function rows<Row>(
    query: string,
    query_params: Readonly<Record<string, unknown>>,
    abort_signal: AbortSignal,
  ): Promise<Row[]> {
    try {
      const asked = { query, query_params: { ...query_params }, abort_signal };
      const answer = await client.query({ ...asked, format: 'JSONCompactEachRow' });
      return await answer.json<Row>();
    } catch (cause) {
      throw clickHouseError(unread, cause, hint);
    }
  }

  return {
    async siteViews(range, signal) {
      const found = await rows<[number, number]>(siteQuery, secondsOf(range), signal);
      const views = new Float64Array(range.hours);
      for (const [at, seen] of found) views[at] = seen;
      return views;
    },
    async regularTokens(range, signal) {
      const seconds = secondsOf(range);
      const known = seconds.to - rhythmHoursMin * hourSeconds;
      const found = await rows<[string]>(regularQuery, { ...seconds, known }, signal);
      return found.map(([token]) => token);
    },
    async viewsOf(tokens, range, signal) {
      const params = { ...secondsOf(range), tokens };
      const found = await rows<[string, number[], number[]]>(tokensQuery, params, signal);
      return new Map(
        found.map(([token, places, seen]) => {
          const views = new Float64Array(range.hours);
          for (const [index, at] of places.entries()) views[at] = seen[index] ?? 0;
          return [token, views];
        }),
      );
    },
    close: () => client.close(),
  };
}

function secondsOf({ firstHour, hours }: HourRange) {
  return { from: firstHour * hourSeconds, to: (firstHour + hours) * hourSeconds };
}
