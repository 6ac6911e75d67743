-- Is every record of a period here exactly once, in the raw table and in the roll-ups? The last three columns must be 0.
-- Give whole days, not older than the 90 days that minutes are kept.
WITH
    raw AS
    (
        SELECT
            count() AS rows,
            uniqExact(_topic, _partition, _offset) AS records,
            countIf(bitAnd(flags, 1) = 0) AS counted
        FROM token_views
        WHERE viewed_at >= {from:DateTime64(3, 'UTC')} AND viewed_at < {to:DateTime64(3, 'UTC')}
    ),
    (
        SELECT sum(views)
        FROM token_views_by_minute
        WHERE minute >= {from:DateTime64(3, 'UTC')} AND minute < {to:DateTime64(3, 'UTC')}
    ) AS by_minute,
    (
        SELECT sum(views)
        FROM token_views_by_day
        WHERE day >= {from:DateTime64(3, 'UTC')} AND day < {to:DateTime64(3, 'UTC')}
    ) AS by_day
SELECT
    raw.rows AS rows,
    toInt64(raw.rows) - raw.records AS doubled,
    toInt64(raw.counted) - by_minute AS minute_difference,
    toInt64(raw.counted) - by_day AS day_difference
FROM raw
