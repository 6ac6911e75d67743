-- Which tokens get many views from few visitors or networks? Ten views a visitor and more is not how people read.
SELECT
    token,
    count() AS views,
    uniq(viewer) AS visitors,
    uniq(network) AS networks,
    round(views / visitors, 1) AS views_per_visitor,
    countIf(bitAnd(flags, 1) = 1) AS known_robots
FROM token_views
WHERE viewed_at >= {from:DateTime64(3, 'UTC')} AND viewed_at < {to:DateTime64(3, 'UTC')}
GROUP BY token
HAVING views >= {min_views:UInt32} AND views / visitors >= {min_views_per_visitor:Float64}
ORDER BY views_per_visitor DESC, token
LIMIT {limit:UInt32}
