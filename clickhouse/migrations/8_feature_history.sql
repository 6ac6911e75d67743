-- What boards were made of: per window and minute one row without a token for the whole site, and one a token that could rank. With them
-- any formula can be tried on the past, by the live code (npm run what-if). `extra` holds, as JSON, features without a column of their
-- own; `site`, `formulas`, `control_offset` and `cut` are filled on the row without a token only.
CREATE TABLE feature_history
(
    _partition UInt16,
    _offset UInt64 CODEC(Delta, ZSTD),
    window LowCardinality(String),
    minute DateTime('UTC') CODEC(Delta, ZSTD),
    as_of DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    epoch UInt64 CODEC(Delta, ZSTD),
    token String CODEC(ZSTD),
    categories Array(LowCardinality(String)),
    held UInt8,
    views UInt64 CODEC(ZSTD),
    views_prev UInt64 CODEC(ZSTD),
    fresh_sum Int64 CODEC(ZSTD),
    visitors UInt32 CODEC(ZSTD),
    networks UInt32 CODEC(ZSTD),
    effective Int64 CODEC(ZSTD),
    horizons Array(Int64) CODEC(ZSTD),
    hist_h Int64 CODEC(ZSTD),
    hist_hours UInt32 CODEC(ZSTD),
    phi_sum Int64 CODEC(ZSTD),
    phi_count UInt32 CODEC(ZSTD),
    same_hour Int64 CODEC(ZSTD),
    cohort LowCardinality(String),
    burst_micro Int64 CODEC(ZSTD),
    burst_start Int64 CODEC(ZSTD),
    first_seen_at DateTime64(3, 'UTC') CODEC(ZSTD),
    extra String CODEC(ZSTD),
    site String CODEC(ZSTD),
    formulas Array(String) CODEC(ZSTD),
    control_offset UInt64 CODEC(ZSTD),
    cut Array(Tuple(partition UInt16, input_offset UInt64)) CODEC(ZSTD),
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(Delta, ZSTD)
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(minute)
ORDER BY (window, minute, as_of, token)
TTL toDateTime(ingested_at) + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1;

-- One row a token, window and minute, also where two owners of the boards wrote the same minute.
CREATE VIEW token_features AS
SELECT window, minute, as_of, token, categories, held, views, views_prev, visitors, networks, effective / 1e6 AS effective_visitors, cohort
FROM feature_history
WHERE token != ''
ORDER BY window, minute, as_of
LIMIT 1 BY window, minute, token;
