-- Roll-ups of the views that count (flag bit 0 = robot, kept in the raw table only). Each target remembers deduplication tokens
-- too: a repeated insert must leave it alone as well.
CREATE TABLE token_views_by_minute
(
    token String,
    chain LowCardinality(String),
    minute DateTime('UTC'),
    views SimpleAggregateFunction(sum, UInt64),
    viewers AggregateFunction(uniq, UInt64),
    last_ingested_at SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (token, chain, minute)
TTL last_ingested_at + INTERVAL 90 DAY
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW token_views_to_minute TO token_views_by_minute AS
SELECT
    token,
    chain,
    toStartOfMinute(viewed_at, 'UTC') AS minute,
    count() AS views,
    uniqState(viewer) AS viewers,
    toDateTime(max(ingested_at), 'UTC') AS last_ingested_at
FROM token_views
WHERE bitAnd(flags, 1) = 0
GROUP BY token, chain, minute;

CREATE TABLE token_views_by_hour
(
    token String,
    chain LowCardinality(String),
    hour DateTime('UTC'),
    views SimpleAggregateFunction(sum, UInt64),
    viewers AggregateFunction(uniq, UInt64),
    last_ingested_at SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (token, chain, hour)
TTL last_ingested_at + INTERVAL 800 DAY
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW token_views_to_hour TO token_views_by_hour AS
SELECT
    token,
    chain,
    toStartOfHour(viewed_at, 'UTC') AS hour,
    count() AS views,
    uniqState(viewer) AS viewers,
    toDateTime(max(ingested_at), 'UTC') AS last_ingested_at
FROM token_views
WHERE bitAnd(flags, 1) = 0
GROUP BY token, chain, hour;

CREATE TABLE token_views_by_day
(
    token String,
    chain LowCardinality(String),
    day DateTime('UTC'),
    views SimpleAggregateFunction(sum, UInt64),
    viewers AggregateFunction(uniq, UInt64),
    last_ingested_at SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (token, chain, day)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW token_views_to_day TO token_views_by_day AS
SELECT
    token,
    chain,
    toStartOfDay(viewed_at, 'UTC') AS day,
    count() AS views,
    uniqState(viewer) AS viewers,
    toDateTime(max(ingested_at), 'UTC') AS last_ingested_at
FROM token_views
WHERE bitAnd(flags, 1) = 0
GROUP BY token, chain, day;
