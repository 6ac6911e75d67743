-- How many views arrive long after they happened, per source? Here late means more than so many seconds.
SELECT
    source,
    count() AS views,
    countIf(received_at > viewed_at + toIntervalSecond({late_seconds:UInt32})) AS late_views,
    round(late_views / views, 4) AS late_share
FROM token_views
WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
GROUP BY source
ORDER BY late_share DESC, source
