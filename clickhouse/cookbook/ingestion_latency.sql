-- How long from receiving a view until it can be queried here? Milliseconds, per minute.
SELECT
    toStartOfMinute(ingested_at) AS minute,
    count() AS views,
    quantilesTDigest(0.5, 0.9, 0.99)(dateDiff('millisecond', received_at, ingested_at)) AS p50_p90_p99_ms
FROM token_views
WHERE ingested_at >= {from:DateTime64(3, 'UTC')} AND ingested_at < {to:DateTime64(3, 'UTC')}
GROUP BY minute
ORDER BY minute
