-- What a repair needs. Roll-ups say which records a row holds: `covered` is the offset behind the last one, so "did this range get
-- here?" has an answer even when the token of its insert says yes. Raw rows that were put back say so, and the views leave them
-- out: the roll-ups get theirs by a statement of their own. Stop the sink before this is applied, so that no range is half done.
ALTER TABLE token_views ADD COLUMN IF NOT EXISTS _repaired UInt8 DEFAULT 0;

ALTER TABLE token_views_by_minute
    ADD COLUMN _topic LowCardinality(String),
    ADD COLUMN _partition UInt16,
    ADD COLUMN covered SimpleAggregateFunction(max, UInt64),
    MODIFY ORDER BY (token, chain, minute, _topic, _partition);

ALTER TABLE token_views_by_hour
    ADD COLUMN _topic LowCardinality(String),
    ADD COLUMN _partition UInt16,
    ADD COLUMN covered SimpleAggregateFunction(max, UInt64),
    MODIFY ORDER BY (token, chain, hour, _topic, _partition);

ALTER TABLE token_views_by_day
    ADD COLUMN _topic LowCardinality(String),
    ADD COLUMN _partition UInt16,
    ADD COLUMN covered SimpleAggregateFunction(max, UInt64),
    MODIFY ORDER BY (token, chain, day, _topic, _partition);

DROP VIEW token_views_to_minute;

CREATE MATERIALIZED VIEW token_views_to_minute TO token_views_by_minute AS
SELECT
    token,
    chain,
    toStartOfMinute(viewed_at, 'UTC') AS minute,
    _topic,
    _partition,
    count() AS views,
    uniqState(viewer) AS viewers,
    toDateTime(max(ingested_at), 'UTC') AS last_ingested_at,
    max(_offset) + 1 AS covered
FROM token_views
WHERE bitAnd(flags, 1) = 0 AND _repaired = 0
GROUP BY token, chain, minute, _topic, _partition;

DROP VIEW token_views_to_hour;

CREATE MATERIALIZED VIEW token_views_to_hour TO token_views_by_hour AS
SELECT
    token,
    chain,
    toStartOfHour(viewed_at, 'UTC') AS hour,
    _topic,
    _partition,
    count() AS views,
    uniqState(viewer) AS viewers,
    toDateTime(max(ingested_at), 'UTC') AS last_ingested_at,
    max(_offset) + 1 AS covered
FROM token_views
WHERE bitAnd(flags, 1) = 0 AND _repaired = 0
GROUP BY token, chain, hour, _topic, _partition;

DROP VIEW token_views_to_day;

CREATE MATERIALIZED VIEW token_views_to_day TO token_views_by_day AS
SELECT
    token,
    chain,
    toStartOfDay(viewed_at, 'UTC') AS day,
    _topic,
    _partition,
    count() AS views,
    uniqState(viewer) AS viewers,
    toDateTime(max(ingested_at), 'UTC') AS last_ingested_at,
    max(_offset) + 1 AS covered
FROM token_views
WHERE bitAnd(flags, 1) = 0 AND _repaired = 0
GROUP BY token, chain, day, _topic, _partition;
