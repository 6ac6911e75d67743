-- Which tokens were seen for the first time in a period, and how did they begin?
SELECT token, min(hour) AS first_hour, sum(views) AS views_since
FROM views_per_hour
GROUP BY token
HAVING first_hour >= {from:DateTime('UTC')} AND first_hour < {to:DateTime('UTC')}
ORDER BY views_since DESC, token
LIMIT {limit:UInt32}
