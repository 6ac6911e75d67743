-- Published boards as they were, one row per rank; a board that was empty is one row of rank 0 without a token.
-- `cut` says up to which input offset of each partition the board had counted.
CREATE TABLE board_history
(
    _partition UInt16,
    _offset UInt64 CODEC(Delta, ZSTD),
    formula LowCardinality(String),
    formula_version UInt32,
    formula_hash LowCardinality(String),
    window LowCardinality(String),
    scope LowCardinality(String),
    epoch UInt64,
    seq UInt64,
    as_of DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    scored_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    rank UInt16,
    token String CODEC(ZSTD),
    score_micro Int64,
    observed Int64,
    expected Int64,
    raw_views UInt64,
    visitors UInt64,
    networks UInt64,
    effective Int64,
    integrity_micro UInt32,
    state LowCardinality(String),
    flags Array(LowCardinality(String)),
    since DateTime64(3, 'UTC'),
    cut Array(Tuple(partition UInt16, input_offset UInt64)) CODEC(ZSTD),
    partial Array(UInt16),
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(Delta, ZSTD)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(as_of)
ORDER BY (formula, window, scope, as_of, rank)
TTL toDateTime(ingested_at) + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1;
