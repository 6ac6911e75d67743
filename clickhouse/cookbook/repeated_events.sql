-- Which events came in more than once? Publishers retry; counting takes each event once, the raw table keeps every record.
SELECT token, event_id, count() AS copies, dateDiff('second', min(received_at), max(received_at)) AS seconds_apart
FROM token_views
WHERE viewed_at >= {from:DateTime64(3, 'UTC')} AND viewed_at < {to:DateTime64(3, 'UTC')}
GROUP BY token, event_id
HAVING copies > 1
ORDER BY copies DESC, token, event_id
LIMIT {limit:UInt32}
