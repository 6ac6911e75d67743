-- Who looks: views and visitors by country, device and source. An empty value means it was not given.
SELECT country, device, source, count() AS views, uniq(viewer) AS visitors
FROM token_views
WHERE viewed_at >= {from:DateTime64(3, 'UTC')} AND viewed_at < {to:DateTime64(3, 'UTC')} AND bitAnd(flags, 1) = 0
GROUP BY country, device, source
ORDER BY views DESC, country, device, source
LIMIT {limit:UInt32}
