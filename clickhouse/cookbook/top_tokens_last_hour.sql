-- Which tokens were viewed most in the hour before a time?
SELECT token, sum(views) AS hour_views
FROM views_per_minute
WHERE minute >= {at:DateTime('UTC')} - INTERVAL 1 HOUR AND minute < {at:DateTime('UTC')}
GROUP BY token
ORDER BY hour_views DESC, token
LIMIT {limit:UInt32}
