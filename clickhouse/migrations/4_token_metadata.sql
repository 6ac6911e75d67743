-- The newest record per token wins; a deletion is a row too.
CREATE TABLE token_metadata
(
    token String,
    chain LowCardinality(String),
    name String,
    symbol String,
    categories Array(LowCardinality(String)),
    created_at DateTime64(3, 'UTC'),
    logo_uri String,
    updated_at DateTime64(3, 'UTC'),
    is_deleted UInt8,
    _offset UInt64,
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(_offset, is_deleted)
ORDER BY token
SETTINGS non_replicated_deduplication_window = 10000;
