-- How did one token go, hour by hour? Hours without views are shown as zero.
SELECT hour, sum(views) AS hour_views, sum(visitors) AS hour_visitors
FROM views_per_hour
WHERE token = {token:String} AND hour >= {from:DateTime('UTC')} AND hour < {to:DateTime('UTC')}
GROUP BY hour
ORDER BY hour WITH FILL FROM toStartOfHour({from:DateTime('UTC')}) TO {to:DateTime('UTC')} STEP INTERVAL 1 HOUR
