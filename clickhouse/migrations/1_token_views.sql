-- Raw views, one row per record of the log. (_topic, _partition, _offset) is a row's identity; a whole insert is dropped when its
-- deduplication token was seen before, for which a plain MergeTree must remember tokens (its window is 0 = off by default).
-- Retention counts from ingestion, not from the view: a backfill of old years stays as long as anything else.
CREATE TABLE token_views
(
    _topic LowCardinality(String),
    _partition UInt16,
    _offset UInt64 CODEC(Delta, ZSTD),
    event_id UUID,
    token String CODEC(ZSTD),
    chain LowCardinality(String),
    address String ALIAS substring(token, position(token, ':') + 1),
    viewer UInt64,
    network UInt64,
    viewed_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    source LowCardinality(String),
    partner_id LowCardinality(String),
    country LowCardinality(String),
    device LowCardinality(String),
    dwell_ms UInt32,
    weight_micro UInt32,
    flags UInt32,
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(Delta, ZSTD)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(viewed_at)
ORDER BY (token, viewed_at)
TTL toDateTime(ingested_at) + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1;
